use proptest::prelude::*;

use super::*;

fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![
        0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC0, 0, 11, 8,
    ];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([1, 1, 0x22, 0]);
    bytes
}

fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], &kind, content].concat()
}

fn mp4(length_ms: u32, coding: [u8; 4], moov_first: bool) -> Vec<u8> {
    let mvhd = [
        &[0; 12][..],
        &1_000_u32.to_be_bytes(),
        &length_ms.to_be_bytes(),
        &[0; 80],
    ]
    .concat();
    let stsd = boxed(*b"stsd", &[&[0; 8][..], &boxed(coding, &[0; 8])].concat());
    let minf = boxed(*b"minf", &boxed(*b"stbl", &stsd));
    let track = boxed(*b"trak", &boxed(*b"mdia", &minf));
    let moov = boxed(*b"moov", &[boxed(*b"mvhd", &mvhd), track].concat());
    let mdat = boxed(*b"mdat", &[0; 64]);
    let ftyp = boxed(*b"ftyp", b"isom\0\0\x02\0");
    if moov_first {
        [ftyp, moov, mdat].concat()
    } else {
        [ftyp, mdat, moov].concat()
    }
}

fn taken(outlet: Outlet, kind: Kind, form: Form, head: &[u8], size_bytes: u64) -> bool {
    let file = File {
        form,
        head,
        size_bytes,
    };
    check(outlet, kind, file).is_ok()
}

#[test]
fn pictures_are_held_to_size_shape_and_kind() {
    let feed = |width, height| {
        let head = jpeg(width, height);
        taken(Outlet::Instagram, Kind::Image, Form::Image, &head, 1_000)
    };
    assert!(feed(1080, 1350) && feed(1080, 1080) && feed(1080, 566));
    assert!(!feed(1080, 1400) && !feed(1080, 500) && !feed(300, 300));
    let tall = jpeg(1080, 1920);
    let taken_as = |outlet, kind, size| taken(outlet, kind, Form::Image, &tall, size);
    assert!(taken_as(Outlet::Instagram, Kind::Story, 1_000));
    assert!(taken_as(Outlet::Page, Kind::Image, 1_000));
    assert!(!taken_as(Outlet::Instagram, Kind::Story, 8_000_001));
    let png = b"\x89PNG\r\n\x1a\n rest";
    assert!(!taken(Outlet::Page, Kind::Image, Form::Image, png, 1_000));
}

#[test]
fn films_are_held_to_length_size_index_and_coding() {
    let reel = |film: &[u8]| taken(Outlet::Instagram, Kind::Reel, Form::Video, film, 1_000);
    assert!(reel(&mp4(3_000, *b"avc1", true)) && reel(&mp4(900_000, *b"hvc1", true)));
    assert!(!reel(&mp4(2_900, *b"avc1", true)) && !reel(&mp4(900_001, *b"avc1", true)));
    assert!(!reel(&mp4(8_000, *b"vp09", true)));
    assert!(!reel(&mp4(8_000, *b"avc1", false)));
    assert!(!reel(b"no film at all"));
    let story = |seconds: u32, size| {
        let film = mp4(seconds * 1_000, *b"avc1", true);
        taken(Outlet::Instagram, Kind::Story, Form::Video, &film, size)
    };
    assert!(story(60, 100_000_000) && !story(61, 1_000) && !story(60, 100_000_001));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..400), front in 0_usize..3) {
        let head: &[u8] = [&[0xFF, 0xD8][..], b"\0\0\0\x0cftypisom", b""][front];
        let bytes = [head, &bytes].concat();
        for form in [Form::Image, Form::Video] {
            let _ = check(Outlet::Instagram, Kind::Image, File { form, head: &bytes, size_bytes: 9 });
        }
    }

    #[test]
    fn a_cut_head_never_becomes_another_picture(width in 320_u16..2_000, cut in 0_usize..24) {
        let whole = jpeg(width, width);
        let cut = &whole[..cut.min(whole.len())];
        let read = jpeg::read(cut);
        prop_assert!(read.is_none() || read == jpeg::read(&whole));
    }
}
