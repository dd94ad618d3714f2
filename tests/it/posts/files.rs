//! Pictures and films as bytes: whole and valid, and small.

/// A grey JPEG: every block is nothing but the end of itself, two bits long.
pub(super) fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker][..], &length, content].concat()
    };
    let frame = [
        &[8][..],
        &height.to_be_bytes(),
        &width.to_be_bytes(),
        &[1, 1, 0x11, 0],
    ]
    .concat();
    // One code of one bit: for the direct current "no difference", for the rest "end of block".
    let code = |class: u8| {
        let mut table = vec![class << 4, 1];
        table.extend([0; 16]);
        segment(0xC4, &table)
    };
    let blocks = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8));
    [
        vec![0xFF, 0xD8],
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &frame),
        code(0),
        code(1),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        vec![0; (blocks * 2).div_ceil(8)],
        vec![0xFF, 0xD9],
    ]
    .concat()
}

/// An MP4 of this length, without frames.
pub(super) fn film(seconds: u32) -> Vec<u8> {
    let boxed = |kind: [u8; 4], content: &[u8]| {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size[..], &kind, content].concat()
    };
    let header = [
        &[0; 12][..],
        &1_000_u32.to_be_bytes(),
        &(seconds * 1_000).to_be_bytes(),
        &[0; 80],
    ]
    .concat();
    [
        boxed(*b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41"),
        boxed(*b"moov", &boxed(*b"mvhd", &header)),
        boxed(*b"mdat", &[0; 512]),
    ]
    .concat()
}
