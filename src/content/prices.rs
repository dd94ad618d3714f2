//! What the models cost, as data, and what a call can cost at worst.
//!
//! Prices change and nobody announces it to a program: each row says where it was read and when. A model that has no row
//! has no price, and what has no price is not called.

use crate::providers::Usage;

/// The price of one model.
///
/// # Units
/// A token costs so little that its price is told in nano-USD: 1 USD for a million tokens is 1,000 nano-USD each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// The model's name, without the date of a snapshot.
    pub model: &'static str,
    /// For each token read.
    pub input_nano_usd: u64,
    /// For each token written.
    pub output_nano_usd: u64,
    /// For each image, at the largest size and quality that is asked for.
    pub image_micro_usd: u64,
    /// For each second of video.
    pub video_second_micro_usd: u64,
    /// The day on which the provider's page was read.
    pub read_on: &'static str,
}

const fn text(
    model: &'static str,
    input_nano_usd: u64,
    output_nano_usd: u64,
    read_on: &'static str,
) -> Price {
    Price {
        model,
        input_nano_usd,
        output_nano_usd,
        image_micro_usd: 0,
        video_second_micro_usd: 0,
        read_on,
    }
}

const fn image(model: &'static str, image_micro_usd: u64, read_on: &'static str) -> Price {
    Price {
        model,
        input_nano_usd: 10_000,
        output_nano_usd: 0,
        image_micro_usd,
        video_second_micro_usd: 0,
        read_on,
    }
}

const fn video(model: &'static str, video_second_micro_usd: u64, read_on: &'static str) -> Price {
    Price {
        model,
        input_nano_usd: 0,
        output_nano_usd: 0,
        image_micro_usd: 0,
        video_second_micro_usd,
        read_on,
    }
}

/// The price table.
///
/// # Source
/// <https://developers.openai.com/api/docs/pricing> and <https://ai.google.dev/gemini-api/docs/pricing>, standard tier.
/// Where a page announces a higher price for later, the higher one stands here.
pub const PRICES: &[Price] = &[
    text("gpt-6-luna", 100, 500, "2026-11-22"),
    text("gpt-5-mini", 250, 2_000, "2026-11-05"),
    text("gpt-5-nano", 50, 400, "2026-11-05"),
    text("gpt-5.4-mini", 750, 4_500, "2026-11-05"),
    text("gpt-4.1-mini", 400, 1_600, "2026-11-05"),
    text("gpt-4o-mini", 150, 600, "2026-11-05"),
    text("gemini-2.5-flash", 300, 2_500, "2026-10-07"),
    text("gemini-2.5-flash-lite", 100, 400, "2026-10-07"),
    text("gemini-3.5-flash", 1_500, 9_000, "2026-10-07"),
    text("gemini-3.5-flash-lite", 300, 2_500, "2026-10-07"),
    text("gemini-3.8-flash", 1_500, 7_500, "2026-10-07"),
    image("gpt-image-2.6-flare", 53_000, "2026-11-05"),
    image("gpt-image-1-mini", 52_000, "2026-05-10"),
    image("gemini-nano-banana-2.1", 33_600, "2026-11-22"),
    video("gemini-omni-1.1-flash", 100_000, "2026-11-22"),
];

/// The price of a model, a snapshot such as `gpt-5-mini-2025-08-07` included; `None` when the table does not know it.
pub fn price_of(model: &str) -> Option<&'static Price> {
    PRICES.iter().find(|price| {
        model
            .strip_prefix(price.model)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("-20"))
    })
}

impl Price {
    /// What was used costs this much, rounded up to a whole micro-USD.
    pub fn cost_micro_usd(&self, used: Usage) -> i64 {
        let nano = u128::from(used.input_tokens) * u128::from(self.input_nano_usd)
            + u128::from(used.output_tokens) * u128::from(self.output_nano_usd);
        let micro = nano.div_ceil(1_000)
            + u128::from(used.images) * u128::from(self.image_micro_usd)
            + u128::from(used.video_seconds) * u128::from(self.video_second_micro_usd);
        i64::try_from(micro).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a call used within its worst case, its money was there: for texts, pictures and films alike.
        #[test]
        fn what_is_used_within_the_worst_case_costs_no_more(
            which in 0..PRICES.len(),
            worst in (0..100_000_u64, 0..10_000_u64, 0..3_u64, 0..60_u64),
            shares in (0..=100_u64, 0..=100_u64, 0..=100_u64, 0..=100_u64),
        ) {
            let usage = |of: [u64; 4]| Usage {
                input_tokens: worst.0 * of[0] / 100,
                output_tokens: worst.1 * of[1] / 100,
                images: worst.2 * of[2] / 100,
                video_seconds: worst.3 * of[3] / 100,
            };
            let used = usage([shares.0, shares.1, shares.2, shares.3]);
            let price = &PRICES[which];
            prop_assert!(price.cost_micro_usd(used) <= price.cost_micro_usd(usage([100; 4])));
        }
    }

    #[test]
    fn a_snapshot_costs_what_its_model_costs() {
        let named = |model: &str| price_of(model).map(|price| price.model);
        assert_eq!(named("gpt-5-mini"), Some("gpt-5-mini"));
        assert_eq!(named("gpt-5-mini-2025-08-07"), Some("gpt-5-mini"));
        assert_eq!(
            named("gemini-2.5-flash-lite"),
            Some("gemini-2.5-flash-lite")
        );
        assert_eq!(named("gpt-5-mini-high"), None);
        assert_eq!(named("gpt-6"), None);
        assert_eq!(named(""), None);
    }

    #[test]
    fn a_cost_is_rounded_up() {
        let price = price_of("gpt-5-mini").expect("in the table");
        let used = |input_tokens, output_tokens| Usage {
            input_tokens,
            output_tokens,
            ..Usage::default()
        };
        assert_eq!(price.cost_micro_usd(used(0, 0)), 0);
        assert_eq!(price.cost_micro_usd(used(1, 0)), 1);
        assert_eq!(price.cost_micro_usd(used(4, 0)), 1);
        assert_eq!(price.cost_micro_usd(used(1_000_000, 1_000_000)), 2_250_000);
        assert_eq!(price.cost_micro_usd(used(u64::MAX, u64::MAX)), i64::MAX);
    }

    #[test]
    fn a_video_costs_by_the_second() {
        let price = price_of("gemini-omni-1.1-flash").expect("in the table");
        let used = Usage {
            video_seconds: 8,
            ..Usage::default()
        };
        assert_eq!(price.cost_micro_usd(used), 800_000);
    }

    #[test]
    fn every_model_has_one_price_and_a_date() {
        for (at, price) in PRICES.iter().enumerate() {
            assert!(
                price.read_on.parse::<jiff::civil::Date>().is_ok(),
                "{}",
                price.model
            );
            assert_eq!(
                PRICES.iter().position(|other| other.model == price.model),
                Some(at),
                "{} stands twice",
                price.model
            );
        }
    }
}
