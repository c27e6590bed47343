//! Every detector finds its examples and nothing else, and all copies of a secret are one finding.

use mortarboard::secrets::{Detector, compile, detectors, hits_in};
use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

fn all() -> impl Iterator<Item = &'static Detector> {
    detectors().iter().copied()
}

/// An example as it reads: `¦` keeps it from being found in the table's own file.
fn example(text: &str) -> String {
    text.replace('¦', "")
}

#[test]
fn examples_are_found() {
    let mut wrong = Vec::new();
    for detector in all() {
        for text in detector.yes {
            let text = example(text);
            for text in [text.clone(), format!("x = 1\n{text}\ny = 2")] {
                let hits = hits_in(&text);
                if hits.len() != 1 || hits[0].detector != detector.id {
                    wrong.push(format!("{}: {text}: {:?}", detector.id, hits));
                }
            }
        }
        for text in detector.no {
            let hits = hits_in(text);
            if !hits.is_empty() {
                wrong.push(format!("{} should not find {:?} in {text}", detector.id, hits));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_sound() {
    let mut ids: Vec<&str> = all().map(|detector| detector.id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
    for detector in all() {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(detector.id.chars().all(legal), "{}", detector.id);
        assert!(
            !detector.yes.is_empty() && !detector.no.is_empty(),
            "{} lacks examples",
            detector.id
        );
        assert!(
            detector
                .keywords
                .iter()
                .all(|word| word.len() >= 2 && *word == word.to_ascii_lowercase()),
            "{}",
            detector.id
        );
        let pattern = compile(detector);
        assert!(pattern.is_ok(), "{}: {pattern:?}", detector.id);
        assert!(
            ["a ", "an ", "the ", "HTTP "]
                .iter()
                .any(|article| detector.name.starts_with(article)),
            "{}",
            detector.name
        );
    }
}

/// What a finding points at is the secret and nothing else, wherever it stands.
#[test]
fn places_are_the_secret_bytes() {
    let sandbox = Sandbox::new();
    let secret = ["Tr0mbone", "$58Gull"].concat();
    let cells = [
        code(Some(1), &format!("é = 1\npassword = \"{secret}\"")),
        code_with(
            Some(2),
            "f()",
            json!([
                {"output_type": "stream", "name": "stderr", "text": ["first \"é\"\n", format!("\u{1b}[1mpassword='{secret}'\u{1b}[0m\n")]},
                {"output_type": "display_data", "metadata": {}, "data": {"text/html": format!("<td>&quot;password&quot;: &quot;{secret}&quot;</td>"),
                 "application/json": {"password": secret}, "image/png": "iVBORw0KGgo="}},
            ]),
        ),
    ];
    let path = sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let bytes = std::fs::read(path).unwrap();
    let report = sandbox.json(&["--select", "MB3"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    let places = places_of(&findings[0]);
    assert_eq!(places.len(), 4, "{report:#}");
    for place in places {
        let at = |i: usize| usize::try_from(place["bytes"][i].as_u64().unwrap()).unwrap();
        assert_eq!(std::str::from_utf8(&bytes[at(0)..at(1)]).unwrap(), secret);
    }
    assert_eq!(findings[0]["place"]["line"], 2);
    assert_eq!(findings[0]["place"]["column"], 13);
}

/// The place of a finding, and those related to it.
fn places_of(finding: &Value) -> Vec<&Value> {
    let related = finding["related"].as_array().unwrap();
    let related = related.iter().map(|related| &related["place"]);
    std::iter::once(&finding["place"]).chain(related).collect()
}

/// A secret that its name gives away in one place is the same secret where it stands without one: printed, cut,
/// percent-encoded, in base64. It is one finding, and redacted everywhere.
#[test]
fn all_copies_are_one_finding() {
    let key = ["Zq3/v8L0", "dR+7tWn2", "Kp5xYc9s", "Bf6hMj4u"].concat();
    let encoded = key.replace('/', "%2F").replace('+', "%2B");
    // `echo -n "svc:$key" | base64`
    let packed = "c3ZjOlpxMy92OEwwZFIrN3RXbjJLcDV4WWM5c0JmNmhNajR1";
    let printed = format!(
        "{key}\nkey starts with {}...\nGET /v1?k={encoded}&n=1\nHeader: {packed}\n",
        &key[..10]
    );
    let error =
        json!({"output_type": "error", "ename": "ValueError", "evalue": format!("bad: {key}"), "traceback": []});
    let cells = [
        code(Some(1), &format!("api_key = \"{key}\"")),
        code_with(
            Some(2),
            "print(api_key)",
            json!([{"output_type": "stream", "name": "stdout", "text": printed}, error]),
        ),
        code(Some(3), "other = 'Zq3/v8M1'"),
    ];
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let report = sandbox.json(&["--select", "MB3"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    assert_eq!(findings[0]["code"], "MB302");
    assert_eq!(places_of(&findings[0]).len(), 6, "{report:#}");
    let outputs = sandbox.json(&["--select", "MB301"]);
    assert_eq!(outputs["findings"].as_array().unwrap().len(), 1, "{outputs:#}");
    let ran = sandbox.run(&["redact", "--source", "a.ipynb"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let text = std::fs::read_to_string(path).unwrap();
    for copy in [&key, &key[..10], &encoded, packed] {
        assert!(!text.contains(copy), "{copy} stands in {text}");
    }
    assert!(text.contains("Zq3/v8M1"), "{text}");
}

/// In metadata a secret may end before an escaped quote: redacting leaves the escape whole.
#[test]
fn escapes_in_metadata_stay_whole() {
    let command = [
        "curl -s --user \"j.smith:dB2yF6",
        "qL9vZm1P4J\" https://api.example.net/me",
    ]
    .concat();
    let mut notebook = notebook(&[code(Some(1), "f()")]);
    notebook["metadata"]["parameters"] = json!({"text": command});
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &notebook);
    let ran = sandbox.run(&["redact", "a.ipynb"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let redacted: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = redacted["metadata"]["parameters"]["text"].as_str().unwrap();
    assert!(text.starts_with("curl -s --user \"[redacted:"), "{text}");
    assert!(text.ends_with("]\" https://api.example.net/me"), "{text}");
}

/// Whoever accepts a secret in a source hasn't accepted that an output shows it.
#[test]
fn an_ignored_place_hides_no_other() {
    let key = ["Zq3v8L0d", "R7tWn2Kp", "5xYc9sBf", "6hMj4u"].concat();
    let cells = [
        code(
            Some(1),
            &format!("api_key = \"{key}\"  # mortarboard: ignore[secret-in-source]"),
        ),
        code_with(Some(2), "print(api_key)", json!([stdout(&key)])),
    ];
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let report = sandbox.json(&["--select", "MB3"]);
    assert_eq!(report["findings"][0]["code"], "MB301", "{report:#}");
    assert_eq!(report["summary"]["suppressed"], 1);
}

/// The lines of a key stand beside their numbers where a traceback shows the code.
#[test]
fn a_key_in_a_traceback_is_found_whole() {
    let key = all().find(|detector| detector.id == "private-key").unwrap().yes[0];
    let key = example(key);
    let numbered: Vec<String> = key
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            0 => format!("\u{1b}[0;32m----> 1\u{1b}[0m {line}"),
            _ => format!("\u{1b}[1;32m      {}\u{1b}[0m {line}", at + 1),
        })
        .collect();
    let error = json!({"output_type": "error", "ename": "ValueError", "evalue": "no",
        "traceback": ["Traceback (most recent call last)", numbered.join("\n")]});
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &notebook(&[code_with(Some(1), "f()", json!([error]))]));
    let report = sandbox.json(&["--select", "MB3"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    assert_eq!(findings[0]["subject"], "private-key");
    let redacted = sandbox.run(&["redact", "a.ipynb"]);
    assert_eq!(redacted.code, 1, "{}", redacted.err);
    let text = std::fs::read_to_string(path).unwrap();
    for line in key.lines() {
        assert!(!text.contains(line), "{text}");
    }
}

/// What is packed into base64 is found, and the place is the base64 that holds it.
#[test]
fn packed_texts_are_searched() {
    let secret = ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat();
    let line = format!("token = {secret}");
    let packed = base64(line.as_bytes());
    let zipped = miniz_oxide::deflate::compress_to_vec_zlib(line.as_bytes(), 6);
    let image = |kind: &str, data: &[u8]| {
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, data) in [("IHDR", [0; 13].as_slice()), (kind, data), ("IEND", &[])] {
            png.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            png.extend(kind.as_bytes());
            png.extend(data);
            png.extend([0; 4]);
        }
        base64(&png)
    };
    let wrapped = format!("{}\n{}\n", &packed[..24], &packed[24..]);
    let outputs = [
        json!({"image/png": image("tEXt", [b"Comment\0".as_slice(), line.as_bytes()].concat().as_slice())}),
        json!({"image/png": image("zTXt", [b"Comment\0\0".as_slice(), &zipped].concat().as_slice()) + "\n"}),
        json!({"image/png": image("iTXt", [b"Comment\0\0\0en\0\0".as_slice(), line.as_bytes()].concat().as_slice())}),
        json!({"image/svg+xml": [format!("<svg><text>{line}</text></svg>")]}),
        json!({"text/html": format!("<a href=\"data:text/csv;base64,{packed}\">csv</a>")}),
        json!({"text/html": format!("<img src='data:image/png;base64,{}'>", image("tEXt", [b"C\0".as_slice(), line.as_bytes()].concat().as_slice()))}),
        json!({"text/plain": line.replace('_', "%5F")}),
        json!({"application/json": [{"a": line}]}),
    ];
    let mut cells: Vec<_> = outputs
        .iter()
        .map(|data| {
            code_with(
                Some(1),
                "f()",
                json!([{"output_type": "display_data", "metadata": {}, "data": data}]),
            )
        })
        .collect();
    for text in [&packed, &wrapped] {
        cells.push(json!({"cell_type": "markdown", "metadata": {}, "source": "x",
                          "attachments": {"a.txt": {"text/plain": text}}}));
    }
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let file = std::fs::read_to_string(path).unwrap();
    let report = sandbox.json(&["--select", "MB3"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    let places = places_of(&findings[0]);
    let found: Vec<u64> = places.iter().map(|place| place["cell"].as_u64().unwrap()).collect();
    assert_eq!(found, (1..=cells.len() as u64).collect::<Vec<_>>(), "{report:#}");
    for place in places {
        let at = |i: usize| usize::try_from(place["bytes"][i].as_u64().unwrap()).unwrap();
        let held = &file[at(0)..at(1)];
        assert!(!held.contains(['"', '<', ' ']), "{held}");
        assert!(held.len() < 100, "{held}");
    }
    assert!(!report.to_string().contains(&secret));
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// Where a format has a checksum, a right one makes the finding certain, and a wrong one leaves a doubt: a token may be
/// of an issuer's own server.
#[test]
fn checksums_are_read() {
    let sandbox = Sandbox::new();
    let confidence = |token: &str| {
        sandbox.write_notebook("a.ipynb", &notebook(&[code(Some(1), &format!("connect('{token}')"))]));
        let report = sandbox.json(&["--select", "MB302", "a.ipynb"]);
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{token}");
        report["findings"][0]["confidence"].as_str().unwrap().to_owned()
    };
    for (body, sum) in [
        ("ghp_Fb¦Y8NwcUeb4c0wrUGZECjUYrZUPet9", "1VOUZ4"),
        ("npm_Ee¦9txXOl0gn4Amzb2Jn1qtHUckwuOj", "09puk0"),
        ("glsa_o¦wRPkpaSzx8uN628VDGzhRnesJQWrOaM_", "22552240"),
        (
            "ATATT3¦xFfGF0YbQbEvLhwx1sHcgiAitKzYvaa6jfDeraHI74UseU5Mp4Qv91IRnQt72cdm2OjbLZuxHWF2J046cY2yCQIdG9i2tLKNz8vtOOTtXOftchZ6dypWHRekjFxJRGXJZL0oQbK1Odbe83eeLTMhwMcjHlV1b3zh1zNGeTJbcKBNBKmN=",
            "388E4C61",
        ),
        ("ATBBsc¦GJoO6nq1ahl8JWEfpHFKBh", "4550996D"),
        ("glpat-¦Rfi66cKyLhrESpszA5LlfDuaSHEo72XzCKprraBt.01.0w", "1dvxggy"),
    ] {
        let token = example(body) + sum;
        assert_eq!(confidence(&token), "certain", "{token}");
        let last = if sum.ends_with('3') { "4" } else { "3" };
        let other = token[..token.len() - 1].to_owned() + last;
        assert_eq!(confidence(&other), "likely", "{other}");
    }
}

/// The values that are found in a cell of this source, each with its pieces joined.
fn found_in(source: &str) -> Vec<String> {
    found_in_cell(&code(Some(1), source))
}

fn found_in_cell(cell: &Value) -> Vec<String> {
    let notebook = notebook(std::slice::from_ref(cell)).to_string();
    let notebook = mortarboard::notebook::read(&notebook).unwrap();
    let found = mortarboard::secrets::scan(&notebook).found;
    let piece = |span: &mortarboard::text::Span| &notebook.text[span.range()];
    let values = found.iter().map(|secret| secret.pieces.iter().map(piece).collect());
    values.collect()
}

#[test]
fn secrets_are_found_as_python_says_them() {
    let key = example("L78kcG1LzEFl¦TIPFfSSrScqg92D2AFdv");
    let (left, right) = key.split_at(16);
    let token = example("ghp¦_u8jzPde0IgxLd6GncfBAepfJBd0Kh8024xXH");
    let (start, end) = token.split_at(20);
    let password = example("Harb0r¦88Mar!x");
    for source in [
        // lines apart
        "connect(\n    password=  # of the etl user\n    '§P',\n)",
        "cfg = {'password':\n   '§P'}",
        "token = (\n    '§K'\n)",
        "os.environ.setdefault(\n    'API_TOKEN',\n    '§K',\n)",
        "openai.api_key = \\\n    '§K'",
        // in pieces
        "token = (\n    '§L'  # first\n    '§R'\n)",
        "api_key = '§L' + '§R'",
        "token = ''.join(['§L', '§R'])",
        "x = f('§S' '§E')",
        "x = '§S' + \\\n  '§E'",
        "headers = {'Authorization': 'Bearer ' + '§K'}",
        // by place
        "auth = ('svc', '§P')",
        "user, password = 'svc', '§P'",
        "pymysql.connect('db', 'etl', '§P', 'core')",
        "FTP('h', 'etl', '§P')",
        "from qxvendor import QxVendor\nQxVendor('§K')",
        "api.set_key('§K')",
        "client = Client(key='§K')",
        // as what stands in for something else
        "password = os.environ.get('PW', '§P')",
        "token = os.getenv('TOKEN') or '§K'",
        "pw = '§P' if local else getpass()",
        "token: SecretStr = SecretStr('§K')",
        "token: str = field(default='§K')",
        "parser.add_argument('--password', type=str, default='§P')",
        // in templates
        "url = f'postgresql+psycopg2://{user}:§P@{host}:{port}/{db}'",
        "url = 'postgresql://%s:§P@%s/db' % (user, host)",
        "url = 'postgresql://{}:{}@{}/db'.format('etl', '§P', host)",
        "url = 'postgresql://%(u)s:%(p)s@dwh/db' % {'u': 'etl', 'p': '§P'}",
        "url = 'postgresql://{u}:{p!s}@{0}/db'.format(host, u='etl', p='§P')",
        "url = 'postgresql://etl:' + quote_plus('§P') + '@dwh:5432/core'",
        "h = {'Authorization': 'Bearer %s' % '§K'}",
        "h = {'Authorization': 'Bearer {}'.format('§K')}",
        "h = {'Authorization': f'Bearer {\"§K\"}'}",
        "get('https://api.acme.io/v1?api_key={}&q=1'.format('§K'))",
        "get('https://api.acme.io/v1?q=%s&api_key=%s' % (q, '§K'))",
        "conn = 'user=%s password=%s' % ('etl', '§P')",
        // by what a variable is used for
        "x = '§K'\nh = {'Authorization': f'Bearer {x}'}",
        "x = '§K'\nh['Authorization'] = 'Bearer ' + x",
        "x = '§K'\nopenai.api_key = x",
        "x = '§K'\nget(f'https://api.acme.io/v1?api_key={x}')",
        "x = '§P'\nconnect(host=h, password=x)",
        "x = '§P'\nget(u, auth=('svc', x))",
        "x = '§P'\nengine('mysql://root:' + x + '@db/x')",
        "def f(x='§K'):\n    return {'Authorization': f'Bearer {x}'}",
        // among others
        "tokens = ['§K', os.environ['B']]",
        "API_KEYS = {'a': '§K'}",
        // with magics
        "%env API_TOKEN=§K",
        "!git clone https://§S§E@github.com/a/b",
    ] {
        let filled = source.replace("§K", &key).replace("§P", &password).replace("§L", left);
        let filled = filled.replace("§R", right).replace("§S", start).replace("§E", end);
        let found = found_in(&filled);
        let whole = [&key, &password, &token]
            .into_iter()
            .any(|value| found == [value.as_str()]);
        let headed = found == [format!("Bearer {key}")];
        assert!(whole || headed, "{source}: {found:?}");
    }
}

#[test]
fn names_in_code_are_none() {
    for source in [
        "password = pw_2023",
        "connect(password=DB_PASS_2)",
        "token = make_token2_FromConfig9x",
        "f(api_key=cfg_Key9_ForTheApi22)",
        "open_by_key('1HN3DWhJHXcIqadmQolraXxvh0I8SuIPeHg5Tygn2WRR')",
        "text = ('a long text in '\n 'several2 pieces3 of prose4')",
        "tokens = ['Hello1', 'World2', 'tokenization-of-words-2']",
        "from model import Model\nModel('bert-base-uncased-v2')",
        "parser.add_argument('--token', default='none', help='the token2 of it')",
        "url = f'postgres://{user}:{password}@{host}/db'",
        "h = 'Bearer %s' % make_Token2_x9()",
        "x = 'bert-base-uncased-v2'\nf(token=x, text=f'token: {x}')",
        "x = 'L78kcG1LzEFlTIPFfSSrScqg92D2'\ndef f(x):\n    return g(api_key=x)",
        "sql = 'select {} from t where key = {}'.format('a1b2c3d4', 'K9Z8x7w6')",
        "path = 'data/2020_01/file3.csv'\nget(f'https://host/{path}?token={get()}')",
    ] {
        assert_eq!(found_in(source), [""; 0], "{source}");
    }
    // pasted without its quotes
    assert_eq!(found_in("DISQUS_TOKEN = Nh7vRf3mKp9wXc5tJq2YbL8sAg4d").len(), 1);
}

/// A cell that prints a table in one of the ways that there are.
fn table(mime: &str, text: &str) -> Value {
    let output = match mime {
        "stream" => stdout(text),
        _ => json!({"output_type": "display_data", "metadata": {}, "data": {mime: text}}),
    };
    code_with(Some(1), "show()", json!([output]))
}

/// What a heading tells of a column's cells, in the forms in which pandas, polars, Spark, R and databases print.
#[test]
fn columns_of_printed_tables() {
    let [first, second] = ["Harb0r¦88Mar!xy", "gla¦cier_qIA1i8"].map(example);
    let tables = [
        (
            "text/plain",
            "       user        password  city\n0       ann  §1   Ulm\n1  bob ross  §2  Oslo",
        ),
        (
            "text/plain",
            "       user  \\\n0       ann   \n1  bob ross   \n\n         user_pwd  \n0  §1  \n1  §2  ",
        ),
        ("text/plain", "0     §1\n1    §2\nName: password, dtype: object"),
        (
            "text/plain",
            "┌──────┬────────────────┐\n│ user ┆ password       │\n│ ---  ┆ ---            │\n│ str  ┆ str            │\n\
             ╞══════╪════════════════╡\n│ ann  ┆ §1 │\n│ bob  ┆ §2 │\n└──────┴────────────────┘",
        ),
        (
            "stream",
            "+----+--------------+\n|user|        passwd|\n+----+--------------+\n| ann| §1|\n| bob|§2|\n+----+--------------+\n",
        ),
        ("stream", "  user       password\n1  ann §1\n2  bob §2\n"),
        (
            "stream",
            " user |   password\n------+--------------\n ann  | §1\n bob  | §2\n(2 rows)\n",
        ),
        ("stream", "user,password,city\nann,§1,Ulm\n\"bob, ross\",§2,\n"),
        ("stream", "user\tpassword\nann\t§1\nbob\t§2\n"),
        (
            "text/markdown",
            "| user | `Password` |\n|:-----|---:|\n| ann | `§1` |\n| bob | §2 |\n",
        ),
        (
            "text/html",
            "<table><thead><tr><th></th><th>user</th><th>password</th></tr></thead><tbody>\
             <tr><th>0</th><td>ann</td><td>§1</td></tr><tr><th>1</th><td>bob</td><td>§2</td></tr></tbody></table>",
        ),
        (
            "text/html",
            "<table><tr><td>user<td>ann<tr><td>password<td>§1<tr><td>admin_password<td>§2</table>",
        ),
    ];
    for (mime, text) in tables {
        let cell = table(mime, &text.replace("§1", &first).replace("§2", &second));
        let mut found = found_in_cell(&cell);
        found.sort();
        assert_eq!(found, [first.as_str(), second.as_str()], "{text}");
        let sandbox = Sandbox::new();
        let path = sandbox.write_notebook("a.ipynb", &notebook(&[cell]));
        assert_eq!(sandbox.run(&["redact", "a.ipynb"]).code, 1);
        let redacted = std::fs::read_to_string(path).unwrap();
        assert!(!redacted.contains(&first) && !redacted.contains(&second), "{redacted}");
        assert_eq!(sandbox.run(&["redact", "--check", "a.ipynb"]).code, 0, "{redacted}");
    }
    // by itself a key without digits may be a name; among others of its length it is one of them
    let keys = ["L78kcG1LzEFl¦TIPFfSSrScqg92D2AFdv", "AjIhKtJqRlgL¦KOmxgJTeKdNnFRIBXuDL"].map(example);
    let keys = format!("name,API Key,scope\nci,{},read\nlab,{},all\n", keys[0], keys[1]);
    assert_eq!(found_in_cell(&table("stream", &keys)).len(), 2, "{keys}");
}

/// Tokens of a language, ids and hashes, flags and masks stand in columns too.
#[test]
fn columns_that_hold_no_secrets() {
    for text in [
        "    token  pos\n0     the  DET\n1  GPT4o2x  NNP\n2  ##ing9  SYM\n",
        "token,label\ncovid-19x,B-DIS\niPhone12Pro,B-PROD\n",
        "| token | n |\n|---|---|\n| word2vec-google-News300x | 3 |\n| the | 9 |\n",
        "                              token  n\n0  e93e98b63d3b40209056d129dc53ceee  1\n",
        "  key_id                token\n0  a1  0x6B175474E89094C44Da98b954EedeAC495271d0F\n",
        "user  password\n0  ann  ********\n1  bob       NaN\n",
        "user  has_password\n0  ann  True\n1  bob  False\n",
        "user,password_hash\nann,$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8\n",
        "user  pass\n0  ann  yes\n1  bob  no\n",
        "{'token': '5879f3d0a1ac40498e4bd7649ef397d6', 'sample_token': '80d56e801c7e465995bdb116b3e678aa',\n\
         'ego_pose_token': '48b673ee2b204e20aa70c0c02d799adf', 'calibrated_sensor_token': 'f31e1b9f19e3496899bb7e0172000252'}",
        "set the password here\nand then v2beta1 goes on\nto be words2 of a text\n",
        "f(a, password)\nf(b, c2d3e4f5)\n",
    ] {
        assert_eq!(found_in_cell(&table("stream", text)), [""; 0], "{text}");
    }
    // names of cells, as some editors keep them
    let mut cell = code(Some(1), "x = 1");
    cell["metadata"] = json!({"originalKey": "af596e9d-b89a-48e9-bca4-c589607e8de2"});
    assert_eq!(found_in_cell(&cell), [""; 0]);
}

/// A variable is set in one cell and used in another, and so is a class imported.
#[test]
fn cells_speak_of_each_other() {
    let key = example("L78kcG1LzEFl¦TIPFfSSrScqg92D2AFdv");
    let password = example("Harb0r¦88Mar!x");
    let cells = [
        code(Some(1), "from qxvendor import QxVendor"),
        code(Some(2), &format!("x = '{password}'\ny = 'plain words'")),
        code(Some(3), "connect(host=y, password=x)"),
        code(Some(4), &format!("QxVendor('{key}')")),
    ];
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let report = sandbox.json(&["--select", "MB3"]);
    let places = report["findings"].as_array().unwrap().iter();
    let places: Vec<&Value> = places.map(|finding| &finding["place"]["cell"]).collect();
    assert_eq!(places, [2, 4], "{report:#}");
    assert_eq!(sandbox.run(&["redact", "--source", "a.ipynb"]).code, 1);
    let redacted = std::fs::read_to_string(path).unwrap();
    assert!(redacted.contains("x = os.environ["), "{redacted}");
    assert_eq!(sandbox.run(&["redact", "--source", "--check", "a.ipynb"]).code, 0);
}

/// The structure of a token speaks for it where no word does.
#[test]
fn structure_stands_in_for_words() {
    // base64 of a bot's number, and what is none
    let signed = "Gmbh7_.wy5yq1XoY1BaIMcAxYmfsB4HbQLXjjlAFbVV9x";
    for (number, found) in [("NjIwOTI3MjAwODI4MjUwMDQ5", 1), ("NjIwOTI3MjAwODI4MjUxxDQ5", 0)] {
        assert_eq!(
            found_in(&format!("client.run('{number}.{signed}')")).len(),
            found,
            "{number}"
        );
    }
    // the two lines of a file of keys
    let secret = example("P9zyBylxLUTZtFf+VnV7¦ktOdSJcmeA/BHJ2m5qGe");
    let id = example("AKI¦AOTDZ5NQAY5FWEOZQ");
    for text in [
        format!("{id},{secret}\n"),
        format!("{id}\n{secret}\n"),
        format!("keys: ('{id}', '{secret}')\n"),
    ] {
        let found = found_in_cell(&table("stream", &text));
        assert_eq!(found, [id.as_str(), secret.as_str()], "{text}");
    }
}

/// Each level would make ten times the text of the one below.
#[test]
fn templates_within_templates_come_to_an_end() {
    let filled = (0..15).fold("'password'".to_owned(), |value, _| {
        format!("'{}'.format({value})", "{0}".repeat(10))
    });
    let turned = "password = '{1}{0}'.format('Tr0mbone58Gull', 'Kq8ZpW3vR')";
    let sandbox = Sandbox::new();
    sandbox.write_notebook(
        "a.ipynb",
        &notebook(&[code(None, &format!("password = {filled}")), code(None, turned)]),
    );
    let ran = sandbox.run(&["check", "--select", "MB3", "--output-format", "concise", "a.ipynb"]);
    assert!(
        ran.out.contains("a.ipynb:cell 2:") && ran.out.contains("(23 characters)"),
        "{}{}",
        ran.out,
        ran.err
    );
}
