//! Whether a page lets this app read its leads: tried on a real form and a real lead, since permissions do not tell.
//!
//! Once a business has customised who gets its leads, even the page's own admins are refused until person and app are let in,
//! and the refusal looks like "not found".
//!
//! # Source
//! <https://www.facebook.com/business/help/1440176552713521> (Leads Access Manager) and
//! <https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving>, read 2026-11.

use serde_json::Value;

use crate::clients::graph::{Access, Class, Graph, GraphError};
use crate::error::{Text, text};

/// Forms that are looked at; one that has a lead is enough.
const FORMS: &str = "25";

/// Forms whose leads are asked for.
const TRIED: usize = 3;

/// What came of the try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum LeadAccess {
    /// A lead was read.
    Proved,
    /// The forms can be read, but none has a lead yet.
    NoLead,
    /// The page has no form yet.
    NoForm,
    /// The page refuses its forms or its leads.
    Refused,
}

impl LeadAccess {
    /// The outcome as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "PROVED",
            Self::NoLead => "NO_LEAD",
            Self::NoForm => "NO_FORM",
            Self::Refused => "REFUSED",
        }
    }

    /// What the person should do; `None` when all is proved.
    pub fn text(self) -> Option<Text> {
        match self {
            Self::Proved => None,
            Self::NoLead => Some(text(
                "Formulir dapat dibaca, tetapi belum ada isian untuk diuji. Kirim satu isian uji lewat Lead Ads Testing Tool, lalu hubungkan kembali untuk memastikannya.",
                "The forms can be read, but none has a lead to try. Send one with Meta's Lead Ads Testing Tool, then connect again to be sure.",
            )),
            Self::NoForm => Some(text(
                "Halaman ini belum memiliki formulir, jadi pengambilan calon jamaah belum dapat diuji.",
                "This Page has no form yet, so reading its leads could not be tried.",
            )),
            Self::Refused => Some(text(
                "Halaman ini menolak pembacaan formulirnya. Di Meta Business Suite buka Leads Access Manager (Pengelola Akses Calon Pelanggan), beri akses kepada Anda dan kepada aplikasi ini, lalu hubungkan kembali.",
                "This Page refuses to have its leads read. In Meta Business Suite open the Leads Access Manager, give access to yourself and to this app, then connect again.",
            )),
        }
    }
}

/// Reads a form's leads, as the intake would. Two calls, up to two more.
///
/// # Errors
/// [`GraphError`] when it could not be tried now.
pub async fn check(
    graph: &Graph,
    access: &Access,
    page_id: &str,
) -> Result<LeadAccess, GraphError> {
    let fields = [("fields", "id,name,leads_count"), ("limit", FORMS)];
    let path = format!("{page_id}/leadgen_forms");
    let forms = match graph.get(access, &path, &fields).await {
        Ok(forms) => forms,
        Err(error) => return refused_or(error),
    };
    let mut forms: Vec<&Value> = forms["data"].as_array().into_iter().flatten().collect();
    if forms.is_empty() {
        return Ok(LeadAccess::NoForm);
    }
    // Those that say to have leads first; the count may be missing.
    forms.sort_by_key(|form| std::cmp::Reverse(form["leads_count"].as_u64().unwrap_or_default()));
    for form in forms.iter().take(TRIED) {
        let Some(id) = form["id"].as_str() else {
            continue;
        };
        let one = [("fields", "id,created_time"), ("limit", "1")];
        match graph.get(access, &format!("{id}/leads"), &one).await {
            Ok(leads)
                if leads["data"]
                    .as_array()
                    .is_some_and(|list| !list.is_empty()) =>
            {
                return Ok(LeadAccess::Proved);
            }
            Ok(_) => {}
            Err(error) => return refused_or(error),
        }
    }
    Ok(LeadAccess::NoLead)
}

/// "No permission" and "not found" are the same here: the form was listed a moment ago.
fn refused_or(error: GraphError) -> Result<LeadAccess, GraphError> {
    match error.class() {
        Class::Permission | Class::Unknown | Class::Fix => Ok(LeadAccess::Refused),
        Class::Retry { .. } | Class::Reconnect | Class::Stop => Err(error),
    }
}
