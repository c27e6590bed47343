//! `report`: what a page says of a notebook, what it keeps to itself, and that nothing on it runs.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

/// The page of one notebook.
fn page(book: &Value) -> String {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", book);
    let ran = sandbox.run(&["report", "a.ipynb"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out
}

/// A made-up token, in two parts so that no scanner takes this file for a leak.
fn token() -> String {
    ["ghp_", "x7Kq2LmZ9vRt4WnB8cYd3FgH6jPs5QaT1uEo"].concat()
}

/// What a browser could be made to do something with: elements, attributes and the schemes of links.
struct Markup {
    elements: BTreeSet<String>,
    attributes: BTreeSet<String>,
    links: BTreeSet<String>,
}

/// Reads the tags of a page of ours: attributes are in double quotes, and no `<` of a notebook's is bare.
fn markup(page: &str) -> Markup {
    let (mut elements, mut attributes, mut links) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let body = page.split_once("</style>").unwrap().1;
    for tag in body.split('<').skip(1) {
        let tag = tag.split_once('>').unwrap().0;
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        elements.insert(name.to_owned());
        for (at, _) in tag.match_indices("=\"") {
            let attribute = tag[..at].rsplit([' ', '"']).next().unwrap();
            attributes.insert(attribute.to_owned());
            if ["href", "src"].contains(&attribute) {
                let value = tag[at + 2..].split('"').next().unwrap();
                links.insert(value.split([';', '-']).next().unwrap().to_owned());
            }
        }
    }
    Markup {
        elements,
        attributes,
        links,
    }
}

#[test]
fn the_verdict_leads_to_what_decided_it() {
    let page = page(&notebook(&[
        code(Some(1), "x = 1"),
        code(Some(2), "print(x + missing)"),
    ]));
    assert!(
        page.contains(r#"<strong class="badge broken">broken</strong>"#),
        "{page}"
    );
    assert!(
        page.contains(r##"<li><a href="#n1-f1">cell 2</a>: <code>missing</code> is read"##),
        "{page}"
    );
    assert!(page.contains(r#"id="n1-f1""#), "{page}");
    assert!(
        page.contains(r#"print(x + <mark class="error">missing</mark>)"#),
        "{page}"
    );
}

#[test]
fn cells_that_ran_elsewhere_than_they_stand_are_drawn_across() {
    let book = notebook(&[code(Some(3), "a = 1"), code(Some(1), "b = 2"), code(Some(2), "c = 3")]);
    let page = page(&book);
    assert!(
        page.contains("1 of 3 cells ran out of the page&#x27;s order."),
        "{page}"
    );
    // the first cell's curve goes down to the third place, the others go up by one
    assert!(
        page.contains(r#"<path class="run moved" d="M222,14C261,14 261,58 300,58">"#),
        "{page}"
    );
    assert!(
        page.contains(r#"<path class="run" d="M222,36C261,36 261,14 300,14">"#),
        "{page}"
    );
    assert!(
        page.contains(r#"<path class="run" d="M222,58C261,58 261,36 300,36">"#),
        "{page}"
    );
}

#[test]
fn names_are_drawn_from_the_cell_that_gives_them() {
    let book = notebook(&[
        code(Some(1), "df = 1"),
        code(Some(2), "pass"),
        code(Some(3), "y = df + 1"),
    ]);
    let page = page(&book);
    assert!(
        page.contains(r#"<g class="plain"><title>cell 3 reads df of cell 1</title>"#),
        "{page}"
    );
    assert!(
        page.contains(r##"reads <span><code>df</code> of <a href="#n1-c1">cell 1</a>"##),
        "{page}"
    );
    assert!(
        page.contains(r##"gives <span><code>df</code> to <a href="#n1-c3">cell 3</a>"##),
        "{page}"
    );
    assert!(!page.contains("reads df of cell 2"), "{page}");
}

#[test]
fn names_that_only_the_recorded_run_had_are_drawn_apart() {
    let book = notebook(&[code(Some(2), "print(rate)"), code(Some(1), "rate = 3")]);
    let page = page(&book);
    let arc = r#"<g class="astray"><title>cell 1 reads rate of cell 2, other than in a run from the top</title>"#;
    assert!(page.contains(arc), "{page}");
}

#[test]
fn findings_stand_below_their_line_and_their_output() {
    let failed = json!({"output_type": "error", "ename": "ValueError", "evalue": "no such thing",
                        "traceback": ["\u{1b}[0;31mValueError\u{1b}[0m: no such thing"]});
    let book = notebook(&[code_with(
        Some(1),
        "a = 1\nopen('/home/ann/x.csv')\nb = 2",
        json!([failed]),
    )]);
    let page = page(&book);
    let line = page.find("<mark").unwrap();
    let told = page[line..].find(r#"<div class="finding"#).unwrap();
    let next = page[line..].find(r#"data-line="3""#).unwrap();
    assert!(told < next, "{page}");
    assert!(
        page.contains(r#"<p class="error-line">ValueError: no such thing</p>"#),
        "{page}"
    );
}

#[test]
fn tables_and_images_are_kept() {
    let html = "<style>td { color: red }</style><table><tr><th>k</th><td onclick='x()'>a &lt; b</td></tr></table>";
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let shown = |data: Value| json!({"output_type": "display_data", "data": data, "metadata": {}});
    let outputs = json!([
        shown(json!({"text/html": html, "text/plain": "k  a < b"})),
        shown(json!({"image/png": "aGVs\nbG8=\n", "text/plain": "<Figure>"})),
        shown(json!({"image/svg+xml": svg})),
        shown(json!({"text/html": "<b>bold</b>", "text/plain": "plain words"})),
    ]);
    let page = page(&notebook(&[code_with(Some(1), "show()", outputs)]));
    assert!(page.contains("<tr><th>k</th><td>a &lt; b</td></tr>"), "{page}");
    assert!(page.contains(r#"src="data:image/png;base64,aGVsbG8=""#), "{page}");
    assert!(page.contains(r#"src="data:image/svg+xml;base64,PHN2Zy"#), "{page}");
    assert!(page.contains("<pre>plain words</pre>"), "{page}");
    assert!(!page.contains("<b>") && !page.contains("onclick"), "{page}");
}

#[test]
fn secrets_are_hidden_wherever_they_stand() {
    let secret = token();
    let (head, tail) = secret.split_at(12);
    let coloured = format!("token {head}\u{1b}[31m{tail}\u{1b}[0m");
    let table = json!({"output_type": "display_data", "metadata": {},
                       "data": {"text/html": format!("<table><tr><td>{secret}</td></tr></table>")}});
    let outputs = json!([stdout(&coloured), table]);
    let mut book = notebook(&[
        code_with(
            Some(1),
            &format!("github_token = '{secret}'\nprint(github_token)"),
            outputs,
        ),
        json!({"cell_type": "markdown", "metadata": {"tags": [secret]}, "source": format!("use {secret}")}),
    ]);
    book["metadata"]["authors"] = json!([{"name": secret}]);
    let page = page(&book);
    for part in [&secret[8..], head, tail] {
        assert!(!page.contains(part), "{page}");
    }
    assert!(page.contains("ghp_****"), "{page}");
}

/// Everything that a notebook can say, said with markup that would run.
fn hostile() -> Value {
    let evil = "\"'><script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)><a href=\"javascript:alert(3)\">{{ 7 * 7 }}";
    let shown = |data: Value| json!({"output_type": "display_data", "data": data, "metadata": {}});
    let outputs = json!([
        stdout(evil),
        {"output_type": "error", "ename": evil, "evalue": evil, "traceback": [evil]},
        shown(json!({"text/html": format!("<table><tr><td colspan='1\" onclick=\"x()'>{evil}</td></tr></table>{evil}")})),
        shown(json!({"text/html": evil, "text/plain": evil, "text/markdown": evil})),
        shown(json!({"image/png": format!("aGVsbG8={evil}"), "text/plain": evil})),
        shown(json!({"image/svg+xml": format!("<svg onload='alert(4)'>{evil}</svg>")})),
        shown(json!({evil: evil})),
        {"output_type": evil},
    ]);
    let mut cell = code_with(
        Some(1),
        &format!("open('/home/ann/{}')\nx = {evil:?}", evil.replace('\'', "")),
        outputs,
    );
    cell["id"] = json!(evil);
    cell["metadata"] = json!({"tags": [evil]});
    let mut book = notebook(&[
        cell,
        code(Some(3), "undefined_ｎame\ny = x"),
        code(Some(2), "x = 2"),
        json!({"cell_type": "markdown", "metadata": {}, "source": evil}),
        json!({"cell_type": evil, "metadata": {}, "source": evil}),
    ]);
    book["metadata"]["language_info"]["version"] = json!(evil);
    book
}

#[test]
fn a_hostile_notebook_is_inert() {
    let sandbox = Sandbox::new();
    let name = "a <b onclick=x()> \"c\".ipynb";
    sandbox.write_notebook(name, &hostile());
    let page = sandbox.run(&["report", name]).out;
    let markup = markup(&page);
    let dangerous = [
        "script", "b", "iframe", "object", "embed", "form", "base", "link", "meta",
    ];
    assert!(
        dangerous.iter().all(|name| !markup.elements.contains(*name)),
        "{:?}",
        markup.elements
    );
    let ours = [
        "alt",
        "aria-label",
        "class",
        "colspan",
        "d",
        "data-line",
        "height",
        "href",
        "id",
        "role",
        "rx",
        "src",
        "viewBox",
        "width",
        "x",
        "xml:space",
        "y",
    ];
    let others = markup.attributes.iter().find(|name| !ours.contains(&name.as_str()));
    assert_eq!(others, None);
    let schemes: Vec<&str> = markup.links.iter().map(String::as_str).collect();
    assert_eq!(schemes, ["#main", "#n1", "data:image/svg+xml"]);
    assert!(
        page.contains("default-src &#x27;none&#x27;") || page.contains("default-src 'none'"),
        "{page}"
    );
    assert!(page.contains("{{ 7 * 7 }}") && !page.contains("&gt;49"), "{page}");
}

#[test]
fn a_tree_is_one_page_with_an_index() {
    let sandbox = Sandbox::new();
    sandbox.write("bad.ipynb", "{");
    sandbox.write_notebook("a/one.ipynb", &notebook(&[code(Some(1), "x = 1")]));
    sandbox.write_notebook("b/two.ipynb", &notebook(&[code(Some(1), "print(missing)")]));
    let ran = sandbox.run(&["report", ".", "--output", "page.html"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.starts_with("error: ./bad.ipynb") || ran.err.starts_with("error: bad.ipynb"),
        "{}",
        ran.err
    );
    let page = std::fs::read_to_string(sandbox.path().join("page.html")).unwrap();
    assert!(page.contains("bad.ipynb:1:2"), "{page}");
    assert!(page.contains("<h1>2 notebooks</h1>"), "{page}");
    // the worst comes first
    for (number, folder, name, verdict) in [(1, "b", "two.ipynb", "broken"), (2, "a", "one.ipynb", "reproducible")] {
        let (before, row) = page.split_once(&format!("<a href=\"#n{number}\">")).unwrap();
        assert!(
            row.starts_with(&format!("<span class=\"folder\">{folder}&#x2f;</span>{name}</a>")),
            "{page}"
        );
        assert!(before.rsplit_once("<tr>").unwrap().1.contains(verdict), "{page}");
        assert!(page.contains(&format!("id=\"n{number}\"")), "{page}");
    }
    let again = sandbox.run(&["report", ".", "--jobs", "1"]);
    assert_eq!(again.out, page);
}

/// A real browser shows the page, with nothing to complain of and nothing asked of any network.
/// `MORTARBOARD_CHROMIUM` names it.
#[test]
#[ignore = "needs a browser"]
fn a_browser_shows_it_in_peace() {
    let browser = std::env::var_os("MORTARBOARD_CHROMIUM").expect("MORTARBOARD_CHROMIUM names a browser");
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &hostile());
    sandbox.write_notebook("b.ipynb", &notebook(&[code(Some(1), "x = 1")]));
    assert_eq!(sandbox.run(&["report", ".", "--output", "page.html"]).code, 0);
    let log = sandbox.path().join("net.json");
    let ran = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--enable-logging=stderr",
            "--v=0",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
        ])
        .arg(format!("--user-data-dir={}", sandbox.path().join("profile").display()))
        .arg(format!("--log-net-log={}", log.display()))
        .args([
            "--dump-dom",
            &format!("file://{}", sandbox.path().join("page.html").display()),
        ])
        .output()
        .unwrap();
    let (dom, said) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(dom.contains("<h1>2 notebooks</h1>"), "{dom}{said}");
    assert!(!dom.contains("<script"), "{dom}");
    let complaint = said.lines().find(|line| line.contains("CONSOLE"));
    assert_eq!(complaint, None);
    // the browser has questions of its own; what the page must not load would be a complaint too
    let asked = std::fs::read_to_string(log).unwrap();
    assert!(!asked.contains("evil.example"), "{asked}");
}

#[test]
fn cells_without_a_count_that_left_outputs_did_run() {
    let shown = |count, source| code_with(count, source, json!([stdout("1")]));
    let book = notebook(&[shown(Some(1), "print(1)"), shown(None, "print(2)"), code(None, "x = 3")]);
    let page = page(&book);
    assert!(
        page.contains("1 left no count: when they ran can&#x27;t be told. 1 did not run."),
        "{page}"
    );
}
