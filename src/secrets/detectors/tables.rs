//! Reads the tables of `data/`. They are part of the program; a test holds them to their form.

use crate::secrets::checks;

use super::{Check, Detector, Form};

const TOKENS: &str = include_str!("../../../data/secret_tokens.tsv");
const SERVICES: &str = include_str!("../../../data/secret_services.tsv");
const VENDORS: &str = include_str!("../../../data/secret_vendors.txt");

/// The rows of the tables. A row that isn't well-formed is left out, which a test notices.
pub(super) fn read() -> Vec<Detector> {
    rows(TOKENS)
        .filter_map(token)
        .chain(rows(SERVICES).filter_map(service))
        .chain(std::iter::once(vendors()))
        .collect()
}

/// One row for all whose keys look like anybody's. It is the last: others know more.
fn vendors() -> Detector {
    Detector {
        id: "vendor-key",
        name: "a service's key",
        keywords: lines(VENDORS).collect::<Vec<_>>().leak(),
        pattern: r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|[\w-]{20,128}={0,2}",
        reach: 200,
        entropy: 3.0,
        form: Form::Service,
        human: false,
        check: checks::vendor,
        yes: &[
            "crow¦din SECRET key 6815522925bbeaaa247510a9",
            "rebrand¦ly key: yjX2bq0PzTf7LmQ9vRk4s8Wd",
        ],
        no: &[
            "crowdin",
            "crowdin key: my-project-for-the-docs-2024",
            "crowdin project 6815522925bbeaaa247510a9",
        ],
    }
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    lines(table).map(|line| line.split('\t').collect())
}

fn token(row: Vec<&'static str>) -> Option<Detector> {
    let [id, name, keywords, reach, check, pattern, yes, no] = row.try_into().ok()?;
    let human = check == "human";
    // what no token holds shows that the pattern says itself what stands before the secret
    let context = ["[^\\n]", "(?s", "[^{}]", "\\s", "\\(", "\"", ";", " "]
        .iter()
        .any(|part| pattern.contains(part));
    Some(Detector {
        id,
        name,
        keywords: words(keywords),
        pattern,
        reach: reach.parse().ok()?,
        entropy: if human { 2.3 } else { 2.8 },
        form: if human {
            // short, and with any character
            Form::Whole
        } else if context {
            Form::Context
        } else {
            Form::Token
        },
        human,
        check: named(check)?,
        yes: vec![yes].leak(),
        no: vec![no].leak(),
    })
}

fn service(row: Vec<&'static str>) -> Option<Detector> {
    let [id, name, keywords, pattern, yes, no] = row.try_into().ok()?;
    Some(Detector {
        id,
        name,
        keywords: words(keywords),
        pattern,
        reach: 1_300,
        entropy: 2.5,
        form: Form::Service,
        human: false,
        check: checks::service,
        yes: vec![yes].leak(),
        no: vec![no].leak(),
    })
}

/// The list lives as long as the program, as the table itself does.
fn words(list: &'static str) -> &'static [&'static str] {
    list.split(',').collect::<Vec<_>>().leak()
}

fn named(check: &str) -> Option<Check> {
    Some(match check {
        "certain" => checks::certain,
        "drawn" => checks::drawn,
        "human" => checks::called_password,
        "bitbucket" => checks::bitbucket,
        "discord" => checks::discord,
        "jwt64" => checks::jwt_base64,
        "mixed" => checks::mixed,
        "public" => checks::public,
        "slack" => checks::slack,
        "pem64" => checks::pem_base64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_row_is_read() {
        let lines = [super::TOKENS, super::SERVICES]
            .iter()
            .flat_map(|table| super::rows(table))
            .count();
        // and one for all vendors
        assert_eq!(super::read().len(), lines + 1);
    }
}
