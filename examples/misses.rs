use mortarboard::{facts::{Facts, flow}, notebook, python};
fn main() {
    for path in std::env::args().skip(1) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let nb = match notebook::read(&text) { Ok(n) => n, Err(e) => { eprintln!("{path}: {e:?}"); continue } };
        if !nb.language.is_python() { continue }
        let cells = python::parse_cells(&nb);
        let facts = Facts::gather(&cells);
        for m in flow::misses(&facts) {
            println!("{path}\t{}\t{:?}\t{:?}\t{}", facts.text(m.name), m.doubt, m.absence, m.cell);
        }
    }
}
