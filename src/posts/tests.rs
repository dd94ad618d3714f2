use super::*;

fn medium(form: Form) -> Medium {
    Medium {
        url: "https://files.example/one".to_owned(),
        form,
        alt_text: None,
    }
}

fn field_at_fault(outlet: Outlet, kind: Kind, caption: &str, forms: &[Form]) -> Option<String> {
    let draft = Draft {
        kind,
        caption: caption.to_owned(),
        media: forms.iter().copied().map(medium).collect(),
    };
    let error = draft.checked(outlet).err()?;
    Some(error.at_field().unwrap().to_owned())
}

#[test]
fn each_kind_takes_its_media_and_no_other() {
    use Form::{Image, Video};
    let field = |outlet, kind, forms: &[Form]| {
        let caption = if kind == Kind::Story { "" } else { "Umrah" };
        field_at_fault(outlet, kind, caption, forms)
    };
    let table: [(Outlet, Kind, &[Form], Option<&str>); 18] = [
        (Outlet::Instagram, Kind::Image, &[Image], None),
        (Outlet::Instagram, Kind::Image, &[Video], Some("media")),
        (Outlet::Instagram, Kind::Image, &[], Some("media")),
        (Outlet::Instagram, Kind::Reel, &[Video], None),
        (Outlet::Instagram, Kind::Reel, &[Image], Some("media")),
        (Outlet::Instagram, Kind::Story, &[Image], None),
        (Outlet::Instagram, Kind::Story, &[Video], None),
        (
            Outlet::Instagram,
            Kind::Story,
            &[Image, Image],
            Some("media"),
        ),
        (Outlet::Instagram, Kind::Carousel, &[Image], Some("media")),
        (Outlet::Instagram, Kind::Carousel, &[Image, Video], None),
        (Outlet::Instagram, Kind::Carousel, &[Image; 10], None),
        (
            Outlet::Instagram,
            Kind::Carousel,
            &[Image; 11],
            Some("media"),
        ),
        (Outlet::Instagram, Kind::Text, &[], Some("kind")),
        (Outlet::Page, Kind::Text, &[], None),
        (Outlet::Page, Kind::Text, &[Image], Some("media")),
        (Outlet::Page, Kind::Image, &[Image], None),
        (Outlet::Page, Kind::Reel, &[Video], None),
        (Outlet::Page, Kind::Story, &[Image], Some("kind")),
    ];
    for (outlet, kind, forms, expected) in table {
        let found = field(outlet, kind, forms);
        assert_eq!(found.as_deref(), expected, "{outlet:?} {kind:?} {forms:?}");
    }
}

#[test]
fn captions_keep_the_platforms_limits() {
    let instagram =
        |caption: &str| field_at_fault(Outlet::Instagram, Kind::Image, caption, &[Form::Image]);
    let page = |caption: &str| field_at_fault(Outlet::Page, Kind::Text, caption, &[]);
    assert_eq!(instagram(&"a".repeat(2_200)), None);
    assert_eq!(instagram(&"a".repeat(2_201)).as_deref(), Some("caption"));
    assert_eq!(instagram(&"#umrah ".repeat(30)), None);
    assert_eq!(instagram(&"#umrah ".repeat(31)).as_deref(), Some("caption"));
    assert_eq!(instagram(&"@teman ".repeat(20)), None);
    assert_eq!(instagram(&"@teman ".repeat(21)).as_deref(), Some("caption"));
    assert_eq!(page(&"#umrah ".repeat(31)), None);
    assert_eq!(page(&"a".repeat(63_207)).as_deref(), Some("caption"));
    assert_eq!(page("").as_deref(), Some("caption"));
    let story = field_at_fault(Outlet::Instagram, Kind::Story, "Halo", &[Form::Image]);
    assert_eq!(story.as_deref(), Some("caption"));
}

#[test]
fn alternative_texts_are_named_by_their_item() {
    let draft = |kind, letters: &[usize]| Draft {
        kind,
        caption: String::new(),
        media: letters
            .iter()
            .map(|letters| Medium {
                alt_text: Some("a".repeat(*letters)),
                ..medium(Form::Image)
            })
            .collect(),
    };
    assert!(
        draft(Kind::Image, &[1_000])
            .checked(Outlet::Instagram)
            .is_ok()
    );
    let one = draft(Kind::Image, &[1_001]).checked(Outlet::Instagram);
    assert_eq!(one.unwrap_err().at_field(), Some("altText"));
    let two = draft(Kind::Carousel, &[9, 1_001]).checked(Outlet::Instagram);
    assert_eq!(two.unwrap_err().at_field(), Some("media[1].altText"));
}

#[test]
fn a_channels_id_says_where_it_goes() {
    let of = |id| Outlet::of_channel(id);
    assert_eq!(of("INSTAGRAM_178"), Some((Outlet::Instagram, "178")));
    assert_eq!(of("FACEBOOK_200"), Some((Outlet::Page, "200")));
    assert_eq!(of("WHATSAPP_200"), None);
    assert_eq!(of("INSTAGRAM"), None);
}
