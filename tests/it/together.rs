//! `graduate A.ipynb B.ipynb`: one package, what the notebooks share found once.

use serde_json::Value;

use crate::harness::{Sandbox, code, notebook};
use crate::tools;

const SHARED: &str = "import math\nLIMIT = 10\ndef cut(x):\n    # at the limit\n    return min(x, LIMIT)\n\ndef root(x):\n    return \
                      math.sqrt(cut(x))\n";

/// Two notebooks beside one another: a helper file, two functions and a setting in common, and one setting that differs.
fn two() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("helper.py", "def double(x):\n    return 2 * x\n");
    sandbox.write("data.csv", "a,b\n1,2\n");
    let first = [
        SHARED,
        "SEED = 7\nRATE = 0.5",
        "def own(x):\n    return cut(x) + 1\ntexts = open('data.csv').read().split()",
        "import helper\nsize = len(texts)\nscaled = helper.double(own(size)) * RATE * SEED",
    ];
    let second = [
        &SHARED.replace("    # at the limit\n", ""),
        "SEED = 7\nRATE = 0.25",
        "from helper import double\nroots = [root(x) for x in (1, 4, 400)]",
        "def own(x):\n    return root(x) + 2\nsums = sum(roots) * RATE + double(own(SEED))",
    ];
    for (name, cells) in [("churn.ipynb", first), ("sales report.ipynb", second)] {
        let cells: Vec<Value> = cells.iter().map(|source| code(None, source)).collect();
        sandbox.write_notebook(name, &notebook(&cells));
    }
    sandbox
}

const ARGS: [&str; 5] = ["graduate", "churn.ipynb", "sales report.ipynb", "--output", "both"];

#[test]
fn what_notebooks_share_is_found_once() {
    let sandbox = two();
    let ran = sandbox.run(&ARGS);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let package = sandbox.files("both");
    let shared = &package["src/both/functions.py"];
    assert!(
        shared.contains("def cut(x: Any) -> Any:\n    # at the limit\n") && shared.contains("def root(x: Any)"),
        "{shared}"
    );
    assert!(shared.contains("LIMIT = 10") && !shared.contains("def own"), "{shared}");
    let own = &package["src/both/churn/functions.py"];
    assert!(
        own.contains("from both.functions import cut") && !own.contains("def cut"),
        "{own}"
    );
    assert!(!own.contains("import math"), "{own}");
    assert!(package["src/both/sales_report/functions.py"].contains("def own(x: Any) -> Any:\n    return root(x) + 2"));
    let config = &package["src/both/config.py"];
    for field in [
        "seed: int = 7",
        "churn_rate: float = 0.5",
        "sales_report_rate: float = 0.25",
    ] {
        assert!(config.contains(field), "{field}: {config}");
    }
    assert!(!config.contains("    rate:"));
    let pipeline = &package["src/both/churn/pipeline.py"];
    assert!(
        pipeline.contains("from both.config import Config") && pipeline.contains("config.churn_rate"),
        "{pipeline}"
    );
    assert_eq!(package.keys().filter(|path| path.ends_with("/helper.py")).count(), 1);
    assert!(package["src/both/churn/steps.py"].contains("from both import helper"));
    for thin in ["notebooks/churn.ipynb", "notebooks/sales_report.ipynb"] {
        assert!(
            package[thin].contains("from both.config import Config"),
            "{}",
            package[thin]
        );
    }
    let manifest: Value = serde_json::from_str(&package["graduation.json"]).unwrap();
    assert_eq!(manifest["entry"], "both.cli:main");
    assert_eq!(manifest["notebooks"][1]["path"], "sales report.ipynb");
    let from: Vec<&str> = manifest["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["notebook"].as_str().unwrap())
        .collect();
    assert!(
        from.is_sorted() && from.contains(&"churn.ipynb") && from.contains(&"sales report.ipynb"),
        "{from:?}"
    );
    for step in manifest["steps"].as_array().unwrap() {
        let module = step["module"].as_str().unwrap().replace('.', "/");
        let text = &package[&format!("src/{module}.py")];
        assert!(
            text.contains(&format!("def {}(", step["function"].as_str().unwrap())),
            "{step}"
        );
    }
}

/// A module of the package and a notebook's folder in it can't have one name.
#[test]
fn no_notebook_takes_the_name_of_a_module() {
    let sandbox = two();
    let cells = [code(None, "size = 2\nprint('size', size)")];
    sandbox.write_notebook("console.ipynb", &notebook(&cells));
    let ran = sandbox.run(&["graduate", "console.ipynb", "churn.ipynb", "--output", "both"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let package = sandbox.files("both");
    assert!(package.contains_key("src/both/console.py"));
    assert!(!package.keys().any(|path| path.starts_with("src/both/console/")));
}

/// Which of several versions is right nobody knows, however many notebooks ask for one.
#[test]
fn versions_that_differ_are_left_to_a_person() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = ["1.5.0", "2.0.0", "2.1.0"]
        .iter()
        .enumerate()
        .map(|(at, version)| {
            let name = format!("n{at}.ipynb");
            let install = format!("!pip install pandas=={version}");
            let read = format!("import pandas as pd\nd{at} = pd.Series([{at}])");
            sandbox.write_notebook(&name, &notebook(&[code(None, &install), code(None, &read)]));
            name
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ran = sandbox.run(&[&["graduate"], &names[..], &["--output", "all"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let project = &sandbox.files("all")["pyproject.toml"];
    assert!(project.contains("pandas") && !project.contains("pandas=="), "{project}");
}

#[test]
fn several_are_planned_updated_and_refused_as_one() {
    let sandbox = two();
    let plan = sandbox.run(&[&ARGS[..], &["--dry-run"]].concat());
    assert!(plan.out.starts_with("package both from 2 notebooks\n"), "{}", plan.out);
    assert_eq!(sandbox.run(&ARGS).code, 0);
    let again = sandbox.run(&[&ARGS[..], &["--update"]].concat());
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    let fewer = sandbox.run(&["graduate", "churn.ipynb", "--output", "both", "--update"]);
    assert_eq!(fewer.code, 2, "{}", fewer.out);
    assert!(fewer.err.contains("sales report.ipynb"), "{}", fewer.err);
    sandbox.write_notebook("third.ipynb", &notebook(&[code(None, "x = 1")]));
    let others = sandbox.run(&["graduate", "churn.ipynb", "third.ipynb", "--output", "both", "--update"]);
    assert_eq!(others.code, 2, "{}", others.out);
    assert!(others.err.contains("sales report.ipynb"), "{}", others.err);

    let nameless = sandbox.run(&["graduate", "churn.ipynb", "sales report.ipynb"]);
    assert_eq!(nameless.code, 2);
    assert!(nameless.err.contains("--name"), "{}", nameless.err);
    sandbox.write_notebook(
        "elsewhere/other.ipynb",
        &notebook(&[code(None, "import helper\nx = helper.double(1)")]),
    );
    sandbox.write("elsewhere/helper.py", "def double(x):\n    return x + x + 0\n");
    let ran = sandbox.run(&["graduate", "churn.ipynb", "elsewhere/other.ipynb", "--output", "new"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("helper.py"), "{}", ran.err);
    assert!(sandbox.files("new").is_empty());
}

/// What could carry something from one notebook's run to another's is not shared.
#[test]
fn definitions_that_keep_something_stay_apart() {
    let sandbox = Sandbox::new();
    let source = "SEEN = []\ndef note(x, all=[]):\n    all.append(x)\n    return len(all)\n\ndef add(x):\n    SEEN.append(x)\n    return \
                  len(SEEN)\n\nclass Count:\n    n = 0\n\ndef plain(x):\n    return x + 1\n";
    for name in ["one", "two"] {
        let cells = [
            code(None, source),
            code(None, "a = note(plain(1)) + add(2)\nCount.n += 1\nb = Count.n"),
        ];
        sandbox.write_notebook(&format!("{name}.ipynb"), &notebook(&cells));
    }
    let ran = sandbox.run(&[
        "graduate",
        "one.ipynb",
        "two.ipynb",
        "--name",
        "pair",
        "--output",
        "out",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let shared = &sandbox.files("out")["src/pair/functions.py"];
    assert!(shared.contains("def plain(x: Any)"), "{shared}");
    for apart in ["def note", "def add", "class Count", "SEEN"] {
        assert!(!shared.contains(apart), "{apart}: {shared}");
    }
}

#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn a_package_of_several_passes_its_own_checks() {
    let sandbox = two();
    assert_eq!(sandbox.run(&ARGS).code, 0);
    let said = tools::check(&sandbox.path().join("both"));
    assert!(said.contains("passed") && !said.contains("skipped"), "{said}");
}
