//! Finds a thousand short words in a text, in any case, in one pass; built in the time that reading a small file takes.
//!
//! A general automaton for so many words is ten times slower to build, and slower to run: its states don't fit the
//! nearest cache. Here each word is known by three of its letters, those that texts hold least.

/// Bits of a letter's code. Bytes that no word is known by share the code 0.
const BITS: usize = 6;
const CODES: u8 = 1 << BITS;
/// Sequences of three codes.
const TRIPLES: usize = 1 << (3 * BITS);
/// Letters from the most to the least frequent in sources and prose; what isn't among them is rarer still.
const FREQUENT: &[u8] = b" etaonirslcdpumhfg_0.1b2y-wv\"=(),/x3k4:8z5697qj";

/// Pairs of letters, likewise.
const PAIRS: &[u8] =
    b"e inth terreonats eshetestortitd ade it en sntansele cn trcotatoalmaarisraiod elmer gengeaedetitriroceurndne\
    ou p f olaprloam dodliasicdaaiecutke mnsmoag bo na wsictiluspoy beemplabch rsaficafoung pediimadotacommp l e nl ve\
    passt_ncvirtlla weniexhie_tuak uf wihanovatyocfeoltsigulowofsobackepboevh hom ifrnidrslyipbltpueltttfafr hdocuobos\
    htumpuiepysuyo_tcl yn_apbuivluiasc_snfefoasppsopnblsoiavrrl_pt_p";
/// For each pair how many are more frequent.
static PAIR_RANKS: [[u8; 32]; 32] = ranks_of(PAIRS);

/// A set of words of ASCII in lower case, each known by its rank.
pub(super) struct Keywords {
    words: Vec<&'static [u8]>,
    /// Each byte's code.
    codes: [u8; 256],
    /// A bit for each triple by which a word is known.
    known: Box<[u64; TRIPLES / 64]>,
    /// How many such triples stand before each word of `known`.
    before: Vec<u16>,
    /// For each such triple, in order, where its words start in `entries`.
    starts: Vec<u16>,
    entries: Vec<Entry>,
}

/// A word, and how far into it its triple stands. Small, so that all of them fit the nearest cache.
#[derive(Clone, Copy)]
struct Entry {
    rank: u16,
    into: u8,
    length: u8,
    /// Its first letters, as [`letters`] gives them.
    letters: u64,
}

impl Entry {
    fn may_start(self, text: &[u8]) -> bool {
        let unused = 64 - 8 * u32::from(self.length.min(8));
        (letters(text) ^ self.letters) << unused == 0
    }
}

/// The first eight bytes as a number, zeros where there are fewer. Both cases of a letter are one, and some other bytes are
/// taken for one too: where two numbers are equal it takes a closer look.
fn letters(text: &[u8]) -> u64 {
    let eight = text.first_chunk().copied().unwrap_or_else(|| {
        let mut eight = [0; 8];
        eight.iter_mut().zip(text).for_each(|(place, byte)| *place = *byte);
        eight
    });
    u64::from_le_bytes(eight) | 0x2020_2020_2020_2020
}

impl Keywords {
    /// The set of `words`, none of which is shorter than two letters.
    pub(super) fn new(words: Vec<&'static str>) -> Self {
        let words: Vec<&[u8]> = words.into_iter().map(str::as_bytes).collect();
        let rarest: Vec<usize> = words.iter().map(|word| rarest(word)).collect();
        let mut codes = [0_u8; 256];
        let mut next = 1;
        for (word, into) in words.iter().zip(&rarest) {
            for &byte in word.iter().skip(*into).take(3) {
                let [lower, upper] = [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()].map(usize::from);
                if codes.get(lower) == Some(&0) && next < CODES {
                    for case in [lower, upper] {
                        codes.get_mut(case).into_iter().for_each(|code| *code = next);
                    }
                    next += 1;
                }
            }
        }
        let mut pairs: Vec<(usize, Entry)> = Vec::with_capacity(words.len() * 2);
        for (rank, (word, &into)) in words.iter().zip(&rarest).enumerate() {
            let code = |at: usize| {
                let byte = word.get(into + at)?;
                codes.get(usize::from(*byte)).copied().map(usize::from)
            };
            let (Some(first), Some(second)) = (code(0), code(1)) else {
                continue;
            };
            let start = (first << BITS | second) << BITS;
            let thirds = code(2).map_or(0..1 << BITS, |third| third..third + 1);
            let (Ok(rank), Ok(into), Ok(length)) = (rank.try_into(), into.try_into(), word.len().try_into()) else {
                continue;
            };
            let entry = Entry {
                rank,
                into,
                length,
                letters: letters(word),
            };
            pairs.extend(thirds.map(|third| (start | third, entry)));
        }
        pairs.sort_by_key(|(triple, _)| *triple);
        let mut known = Box::new([0_u64; TRIPLES / 64]);
        let mut starts: Vec<u16> = Vec::new();
        let mut last = None;
        for (at, &(triple, _)) in pairs.iter().enumerate() {
            if last.replace(triple) != Some(triple) {
                starts.push(u16::try_from(at).unwrap_or(u16::MAX));
                known
                    .get_mut(triple / 64)
                    .into_iter()
                    .for_each(|bits| *bits |= 1 << (triple % 64));
            }
        }
        starts.push(u16::try_from(pairs.len()).unwrap_or(u16::MAX));
        let before = known
            .iter()
            .scan(0_u16, |sum, bits| {
                let before = *sum;
                *sum += u16::try_from(bits.count_ones()).unwrap_or_default();
                Some(before)
            })
            .collect();
        Self {
            words,
            codes,
            known,
            before,
            starts,
            entries: pairs.into_iter().map(|(_, entry)| entry).collect(),
        }
    }

    /// Calls `found` with each word's rank and where it starts and ends. Words that share no letter come in order.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize, usize)) {
        let mut triple = 0_usize;
        for (at, byte) in text.iter().enumerate() {
            let code = self.codes.get(usize::from(*byte)).copied().unwrap_or_default();
            triple = (triple << BITS | usize::from(code)) % TRIPLES;
            let bits = self.known.get(triple / 64).copied().unwrap_or_default();
            if bits >> (triple % 64) & 1 == 1 {
                self.words_at(text, at.wrapping_sub(2), triple, bits, &mut found);
            }
        }
        // the text may end with a word of two letters
        triple = (triple << BITS) % TRIPLES;
        let bits = self.known.get(triple / 64).copied().unwrap_or_default();
        if bits >> (triple % 64) & 1 == 1 {
            self.words_at(text, text.len().wrapping_sub(2), triple, bits, &mut found);
        }
    }

    /// Whether any of the words stands in a text.
    pub(super) fn is_any_in(&self, text: &[u8]) -> bool {
        let mut any = false;
        self.find(text, |_, _, _| any = true);
        any
    }

    /// The words that have this triple, where it stands at `at`.
    #[inline(never)]
    fn words_at(&self, text: &[u8], at: usize, triple: usize, bits: u64, found: &mut impl FnMut(usize, usize, usize)) {
        let below = (bits & ((1 << (triple % 64)) - 1)).count_ones() as usize;
        let index = below + usize::from(self.before.get(triple / 64).copied().unwrap_or_default());
        let (Some(&from), Some(&to)) = (self.starts.get(index), self.starts.get(index + 1)) else {
            return;
        };
        for entry in self.entries.get(usize::from(from)..usize::from(to)).unwrap_or_default() {
            let start = at.wrapping_sub(usize::from(entry.into));
            let Some(here) = text.get(start..).filter(|here| entry.may_start(here)) else {
                continue;
            };
            let rank = usize::from(entry.rank);
            let word = self.words.get(rank).copied().unwrap_or_default();
            if here
                .get(..word.len())
                .is_some_and(|here| here.eq_ignore_ascii_case(word))
            {
                found(rank, start, start + word.len());
            }
        }
    }
}

/// Where in a word its rarest three letters start.
fn rarest(word: &[u8]) -> usize {
    let letter = |byte: &u8| memchr::memchr(*byte, FREQUENT).unwrap_or(FREQUENT.len());
    let pair = |pair: &[u8]| match *pair {
        [left, right] if is_of_pairs(left) && is_of_pairs(right) => {
            let ranks = PAIR_RANKS.get(usize::from(left % 32));
            let rank = ranks.and_then(|ranks| ranks.get(usize::from(right % 32)));
            rank.map_or(0, |rank| usize::from(*rank))
        }
        _ => PAIRS.len() / 2,
    };
    let of = |triple: &[u8]| triple.iter().map(letter).sum::<usize>() + triple.windows(2).map(pair).sum::<usize>();
    let triples = word.windows(3).map(of).enumerate();
    triples.rev().max_by_key(|(_, rarity)| *rarity).map_or(0, |(at, _)| at)
}

/// Whether pairs with this letter are known; no two such have the same last five bits.
const fn is_of_pairs(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'_' | b' ')
}

/// The rank of each pair, by the last five bits of its letters.
#[expect(clippy::indexing_slicing, reason = "runs when this is compiled")]
const fn ranks_of(pairs: &[u8]) -> [[u8; 32]; 32] {
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 256")]
    let count = (pairs.len() / 2) as u8;
    let mut ranks = [[count; 32]; 32];
    let mut rank = 0;
    while rank < count {
        let at = 2 * rank as usize;
        ranks[(pairs[at] % 32) as usize][(pairs[at + 1] % 32) as usize] = rank;
        rank += 1;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::Keywords;

    /// Every place of every word, found the slow way.
    fn slowly(words: &[&str], text: &str) -> Vec<(usize, usize, usize)> {
        let lower = text.to_ascii_lowercase();
        let mut all: Vec<_> = words
            .iter()
            .enumerate()
            .flat_map(|(rank, word)| {
                let here = |at: &usize| {
                    lower
                        .as_bytes()
                        .get(*at..)
                        .is_some_and(|rest| rest.starts_with(word.as_bytes()))
                };
                let places = (0..lower.len()).filter(here);
                places.map(move |at| (rank, at, at + word.len())).collect::<Vec<_>>()
            })
            .collect();
        all.sort_unstable_by_key(|&(rank, at, _)| (at, rank));
        all
    }

    #[test]
    fn every_place_of_every_word() {
        let words = ["key", "keys", "b_", "0.", "://", "basic ", "aaa", "pass", "password"];
        let keywords = Keywords::new(words.to_vec());
        for text in [
            "",
            "b",
            "b_",
            "B_ KEYS key ke",
            "aaaaa",
            "my PassWord://x 10.0.1 0.",
            "é_b_é basic\u{a0}basic \u{1f511}key",
            "job_b_",
            "b_ 0.",
            "asskey ey y",
        ] {
            let mut found = Vec::new();
            keywords.find(text.as_bytes(), |rank, start, end| found.push((rank, start, end)));
            found.sort_unstable_by_key(|&(rank, at, _)| (at, rank));
            assert_eq!(found, slowly(&words, text), "{text}");
        }
    }
}
