//! National ids: their shapes, the digits that must add up, and the words one of which stands near.

use super::personal::{Kind, luhn};

const NAME: &str = "national id";

const fn id(pattern: &'static str, words: &'static [&'static str], is: fn(&str) -> bool) -> Kind {
    Kind {
        id: "national-id",
        name: NAME,
        pattern,
        words,
        is,
    }
}

pub(super) const KINDS: [Kind; 15] = [
    // United States
    id(
        r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
        &["ssn", "social security", "social_security"],
        |value| !["000", "666", "9"].iter().any(|area| value.starts_with(area)),
    ),
    // Canada
    id(
        r"[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}",
        &["sin", "social insurance"],
        |value| luhn(&digits(value)),
    ),
    // United Kingdom
    id(
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",
        &["nino", "national insurance", "ni number", "ni_number"],
        |_| true,
    ),
    // Germany
    id(
        r"[1-9][0-9]{10}|[1-9][0-9] [0-9]{3} [0-9]{3} [0-9]{3}",
        &["steuer", "idnr", "tax id", "tax_id", "tin"],
        |value| mod_11_10(&digits(value)),
    ),
    // France
    id(
        r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
        &["nir", "insee", "sécu", "secu", "sécurité sociale"],
        |value| {
            let digits = digits(value);
            let (number, key) = digits.split_at(digits.len().saturating_sub(2));
            97 - remainder(number, 97) == remainder(key, 1000)
        },
    ),
    // Spain: of citizens and of residents
    id(
        r"[0-9]{8}-?[A-Z]|[XYZ]-?[0-9]{7}-?[A-Z]",
        &["dni", "nif", "nie"],
        |value| {
            let body = value.replacen('X', "0", 1).replacen('Y', "1", 1).replacen('Z', "2", 1);
            let body = if value.starts_with(['X', 'Y', 'Z']) {
                &body
            } else {
                value
            };
            let letter = "TRWAGMYFPDXBNJZSQVHLCKE"
                .chars()
                .nth(remainder(&digits(body), 23) as usize);
            letter == value.chars().last()
        },
    ),
    // Italy
    id(
        r"[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
        &["codice fiscale", "codice_fiscale", "codicefiscale", "cf"],
        codice_fiscale,
    ),
    // Brazil
    id(r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}", &["cpf"], |value| {
        let digits = digits(value);
        (9..11).all(|count| {
            let sum: u32 = digits
                .iter()
                .take(count)
                .zip((2..=count as u32 + 1).rev())
                .map(|(d, w)| d * w)
                .sum();
            digits.get(count) == Some(&(sum * 10 % 11 % 10))
        })
    }),
    // Mexico
    id(r"[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[A-Z0-9][0-9]", &["curp"], |_| true),
    // India: Aadhaar, and the tax office's number
    id(
        r"[2-9][0-9]{3} ?[0-9]{4} ?[0-9]{4}",
        &["aadhaar", "aadhar", "uidai"],
        |value| verhoeff(&digits(value)),
    ),
    id(
        r"[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]",
        &["pan", "permanent account"],
        |_| true,
    ),
    // Netherlands
    id(r"[0-9]{9}", &["bsn", "burgerservice"], |value| {
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, 10];
        weighted(value, &weights).is_multiple_of(11)
    }),
    // Poland
    id(r"[0-9]{11}", &["pesel"], |value| {
        weighted(value, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
    }),
    // Sweden
    id(
        r"(?:19|20)?[0-9]{6}[-+][0-9]{4}",
        &["personnummer", "personnr"],
        |value| {
            let digits = digits(value);
            luhn(digits.get(digits.len().saturating_sub(10)..).unwrap_or_default())
        },
    ),
    // China
    id(
        r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9X]",
        &[
            "id card",
            "id_card",
            "idcard",
            "id_no",
            "id number",
            "sfz",
            "shenfen",
            "身份证",
        ],
        |value| {
            let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
            let check = "10X98765432".chars().nth((weighted(value, &weights) % 11) as usize);
            check == value.chars().last()
        },
    ),
];

fn digits(value: &str) -> Vec<u32> {
    value.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn remainder(digits: &[u32], by: u32) -> u32 {
    digits.iter().fold(0, |sum, digit| (sum * 10 + digit) % by)
}

fn weighted(value: &str, weights: &[u32]) -> u32 {
    digits(value)
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

/// ISO 7064, MOD 11,10.
fn mod_11_10(digits: &[u32]) -> bool {
    let Some((check, number)) = digits.split_last() else {
        return false;
    };
    let product = number.iter().fold(10, |product, digit| match (digit + product) % 10 {
        0 => 20 % 11,
        sum => sum * 2 % 11,
    });
    (11 - product) % 10 == *check
}

/// Verhoeff's: the symmetries of a pentagon.
fn verhoeff(digits: &[u32]) -> bool {
    let turn = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let moved = |digit: u32, times: usize| {
        const STEP: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
        (0..times % 8).fold(digit, |digit, _| STEP.get(digit as usize).copied().unwrap_or(digit))
    };
    let steps = digits.iter().rev().enumerate();
    steps.fold(0, |sum, (place, digit)| turn(sum, moved(*digit, place))) == 0
}

fn codice_fiscale(value: &str) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];
    let rank = |c: char| c.to_digit(10).or_else(|| c.to_digit(36).map(|digit| digit - 10));
    let sum: u32 = value
        .chars()
        .take(15)
        .enumerate()
        .filter_map(|(place, c)| {
            let rank = rank(c)?;
            if place % 2 == 0 {
                ODD.get(rank as usize).copied()
            } else {
                Some(rank)
            }
        })
        .sum();
    value.chars().last().and_then(rank) == Some(sum % 26)
}

#[cfg(test)]
mod tests {
    use super::super::personal::hits_in;

    #[test]
    fn ids_by_their_check_digits() {
        for (good, bad) in [
            ("ssn 219-09-9999", "ssn 919-09-9999"),
            ("sin: 046 454 286", "sin: 046 454 287"),
            ("nino: AB 12 34 56 C", "nino: DO 12 34 56 C"),
            ("Steuer-ID 86095742719", "Steuer-ID 86095742710"),
            ("NIR 2 55 08 14 168 025 38", "NIR 2 55 08 14 168 025 39"),
            ("DNI: 12345678Z", "DNI: 12345678A"),
            ("NIE: X1234567L", "NIE: X1234567A"),
            ("codice fiscale RSSMRA85T10A562S", "codice fiscale RSSMRA85T10A562T"),
            ("cpf 529.982.247-25", "cpf 529.982.247-26"),
            ("aadhaar 2341 2341 2346", "aadhaar 2341 2341 2347"),
            ("PAN: ABCPE1234F", "expand ABCPE1234F"),
            ("bsn 111222333", "bsn 111222334"),
            ("pesel 44051401359", "pesel 44051401358"),
            ("personnummer 811218-9876", "personnummer 811218-9875"),
            ("id_card 11010519491231002X", "id_card 110105194912310021"),
        ] {
            let kinds = |text: &str| hits_in(text).iter().map(|hit| hit.detector).collect::<Vec<_>>();
            assert_eq!(kinds(good), ["national-id"], "{good}");
            assert_eq!(kinds(bad), Vec::<&str>::new(), "{bad}");
        }
    }
}
