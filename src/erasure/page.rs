//! The status page of a deletion, for people, in Indonesian and English.

use std::fmt::Write as _;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;

use super::State;
use super::store::Request;
use crate::error::Language;

/// The clock of the organisation and of those who read this.
const TIME_ZONE: &str = "Asia/Jakarta";

const STYLE: &str = "body{font-family:system-ui,sans-serif;line-height:1.5;max-width:40rem;margin:3rem auto;padding:0 1rem;\
    color:#1c1c1c;background:#fff}h1{font-size:1.5rem}dt{font-weight:600;margin-top:.75rem}dd{margin:0}\
    .state{border-left:.3rem solid #1a7f4b;padding:.5rem 1rem;background:#f2f7f4}";

/// What the page says in one language.
struct Words {
    lang: &'static str,
    title: &'static str,
    unknown: &'static str,
    pending: &'static str,
    done: &'static str,
    code: &'static str,
    requested: &'static str,
    finished: &'static str,
    covered_title: &'static str,
    covered: &'static str,
    kept_title: &'static str,
    kept: &'static str,
    question: &'static str,
    other: &'static str,
    other_lang: &'static str,
}

const INDONESIAN: Words = Words {
    lang: "id",
    title: "Status penghapusan data",
    unknown: "Kode konfirmasi ini tidak dikenal. Periksa kembali alamat yang Anda terima.",
    pending: "Permintaan Anda sudah diterima dan sedang dikerjakan. Penghapusan biasanya selesai dalam beberapa menit, \
        paling lambat dalam beberapa hari.",
    done: "Data Anda sudah dihapus.",
    code: "Kode konfirmasi",
    requested: "Diminta pada",
    finished: "Selesai pada",
    covered_title: "Yang dihapus",
    covered: "Izin masuk (token) yang Anda berikan kepada aplikasi ini, data akun yang terhubung melalui login Anda, percakapan \
        dan berkas yang tersimpan atas identitas Anda, serta salinan mentah pesan dari Meta yang memuatnya.",
    kept_title: "Yang tetap disimpan",
    kept: "Catatan usaha yang bukan data pribadi Anda: jumlah dan waktu pengiriman tanpa isi, dan catatan biaya. Percakapan \
        pelanggan dengan organisasi tetap menjadi tanggung jawab organisasi; pelanggan dapat meminta penghapusannya sendiri. \
        Cadangan basis data terhapus dengan sendirinya saat masa simpannya berakhir.",
    question: "Ada pertanyaan? Hubungi organisasi tempat Anda memberikan izin dan sebutkan kode konfirmasi ini.",
    other: "Read this page in English",
    other_lang: "en",
};

const ENGLISH: Words = Words {
    lang: "en",
    title: "Status of a data deletion",
    unknown: "This confirmation code is not known. Please check the address that you were given.",
    pending: "Your request has been received and is being worked on. The deletion is usually complete within minutes, and \
        within a few days at the latest.",
    done: "Your data has been deleted.",
    code: "Confirmation code",
    requested: "Requested",
    finished: "Completed",
    covered_title: "What is deleted",
    covered: "The permission (tokens) that you gave this app, the data of accounts connected through your login, conversations \
        and files stored under your identity, and the raw copies of Meta's messages that contain them.",
    kept_title: "What is kept",
    kept: "Business records that are not your personal data: counts and times of deliveries without their content, and records \
        of costs. Customers' conversations with the organisation remain the organisation's responsibility; each customer can ask \
        for their deletion. Database backups are deleted by themselves when their retention ends.",
    question: "Questions? Contact the organisation that you gave permission to, and name this confirmation code.",
    other: "Baca halaman ini dalam bahasa Indonesia",
    other_lang: "id",
};

/// The page of a request, or of a code that there is none for.
pub(super) fn render(request: Option<&Request>, language: Language) -> Response {
    let words = match language {
        Language::Indonesian => &INDONESIAN,
        Language::English => &ENGLISH,
    };
    let (status, main) = match request {
        Some(request) => (StatusCode::OK, of(request, words)),
        None => (
            StatusCode::NOT_FOUND,
            format!("<p class=\"state\">{}</p>", words.unknown),
        ),
    };
    let Words {
        lang,
        title,
        other,
        other_lang,
        ..
    } = words;
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{main}\
         <p><a href=\"?lang={other_lang}\" lang=\"{other_lang}\">{other}</a></p></body></html>"
    );
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, html).into_response()
}

/// Everything on it is ours: a state, two dates, and a code made of hexadecimal digits.
fn of(request: &Request, words: &Words) -> String {
    let state = match request.state {
        State::Pending => words.pending,
        State::Done | State::Closed => words.done,
    };
    let mut facts = vec![
        (words.code, request.code.clone()),
        (words.requested, date(request.requested)),
    ];
    if let Some(done) = request.done {
        facts.push((words.finished, date(done)));
    }
    facts.push((words.covered_title, words.covered.to_owned()));
    facts.push((words.kept_title, words.kept.to_owned()));
    let facts = facts.iter().fold(String::new(), |mut html, (term, said)| {
        let _ = write!(html, "<dt>{term}</dt><dd>{said}</dd>");
        html
    });
    format!(
        "<p class=\"state\">{state}</p><dl>{facts}</dl><p>{}</p>",
        words.question
    )
}

fn date(at: jiff::Timestamp) -> String {
    let zone = TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}
