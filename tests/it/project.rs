//! The project around a notebook: where it declares packages, what counts as its own, and notebooks that come by stdin.

use serde_json::Value;

use crate::harness::{Sandbox, code, notebook};
use crate::strip_files::piped;

/// Modules that `undeclared-dependency` finds in a notebook at `nb/a.ipynb`, with severity.
fn missing(sandbox: &Sandbox, source: &str) -> Vec<String> {
    sandbox.write_notebook("nb/a.ipynb", &notebook(&[code(Some(1), source)]));
    let report = sandbox.json(&["nb", "--select", "MB501"]);
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| format!("{} {}", text(finding, "severity"), text(finding, "subject")))
        .collect()
}

#[test]
fn packages_are_declared_in_many_ways() {
    let ways = [
        (
            "requirements.txt",
            "# ours\n-i https://example.org/simple\npandas[excel]>=2 ; python_version > '3'\n",
        ),
        ("requirements/base.in", "pandas\n"),
        (
            "requirements.txt",
            "git+https://example.org/pandas-dev/pandas.git@v2#egg=pandas\n",
        ),
        (
            "requirements.txt",
            "https://example.org/pandas-2.2.3-cp312-none-any.whl\n",
        ),
        (
            "pyproject.toml",
            "[project]\nname = 'x'\ndependencies = ['pandas~=2.2']\n",
        ),
        (
            "pyproject.toml",
            "[project]\ndependencies = []\n[dependency-groups]\nnb = ['pandas', {include-group = 'y'}]\n",
        ),
        (
            "pyproject.toml",
            "[tool.poetry]\nname = 'x'\n[tool.poetry.dependencies]\npython = '^3.12'\npandas = {version = '*'}\n",
        ),
        ("pyproject.toml", "[tool.pixi.dependencies]\npandas = '*'\n"),
        (
            "setup.cfg",
            "[metadata]\nname = x\n[options]\ninstall_requires =\n    # data\n    pandas >= 2\n",
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='x', install_requires=['pandas>=2', \"six\"])\n",
        ),
        (
            "settings.ini",
            "[DEFAULT]\nlib_name = x\nrequirements = fastcore pandas\n",
        ),
        ("Pipfile", "[packages]\npandas = '*'\n"),
        (
            "environment.yml",
            "name: x\ndependencies:\n- python=3.12\n- conda-forge::pandas=2.2\nprefix: /opt\n",
        ),
        (
            "environment.yaml",
            "dependencies:\n  - pip\n  - pip:\n      - \"pandas==2.2.3\"\n",
        ),
        ("binder/environment.yml", "dependencies: [python, pandas=2]\n"),
    ];
    for (file, text) in ways {
        let sandbox = Sandbox::new();
        sandbox.write(".git/HEAD", "");
        sandbox.write(file, text);
        let found = missing(&sandbox, "import pandas\nimport seaborn");
        assert_eq!(found, ["warning seaborn"], "{file}: {text}");
    }
}

#[test]
fn nothing_is_missing_where_nothing_is_declared() {
    let silent = [
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n"),
        ("pyproject.toml", "[project]\nname = 'x'\ndynamic = ['dependencies']\n"),
        ("requirements-dev.txt", "pytest\n"),
        ("environment.yml", "dependencies:\n  - anaconda\n"),
        ("requirements.txt", "-r https://example.org/all.txt\n"),
        ("notes.txt", "pandas\n"),
    ];
    for (file, text) in silent {
        let sandbox = Sandbox::new();
        sandbox.write(".git/HEAD", "");
        sandbox.write(file, text);
        assert_eq!(missing(&sandbox, "import seaborn"), [""; 0], "{file}: {text}");
    }
}

#[test]
fn files_that_others_take_in_are_read() {
    let sandbox = Sandbox::new();
    sandbox.write(".git/HEAD", "");
    sandbox.write(
        "environment.yml",
        "dependencies:\n  - pip:\n      - -r requirements.txt\n",
    );
    sandbox.write("requirements.txt", "-r requirements/base.txt\n");
    sandbox.write("requirements/base.txt", "pandas\n");
    sandbox.write(
        "requirements/dev.txt",
        "-r base.txt\n--requirement=../requirements.txt\npytest\n",
    );
    assert_eq!(missing(&sandbox, "import pandas, pytest, seaborn"), ["warning seaborn"]);
    sandbox.write("requirements.txt", "-r elsewhere/more.txt\n");
    assert_eq!(missing(&sandbox, "import pandas, pytest, seaborn"), [""; 0]);
}

#[test]
fn the_project_ends_at_the_top_of_its_repository() {
    let sandbox = Sandbox::new();
    sandbox.write("requirements.txt", "pandas\n");
    assert_eq!(missing(&sandbox, "import seaborn"), ["warning seaborn"]);
    sandbox.write("nb/.git", "gitdir: elsewhere\n");
    assert_eq!(missing(&sandbox, "import seaborn"), [""; 0]);
    // what the notebook's folder adds counts with what stands above it
    std::fs::remove_file(sandbox.path().join("nb/.git")).unwrap();
    sandbox.write(".git/HEAD", "");
    sandbox.write("nb/requirements.txt", "scipy\n");
    assert_eq!(
        missing(&sandbox, "import pandas, scipy, numpy, seaborn"),
        ["note numpy", "warning seaborn"]
    );
}

#[test]
fn the_projects_own_modules_need_no_declaration() {
    let sandbox = Sandbox::new();
    sandbox.write(".git/HEAD", "");
    sandbox.write("pyproject.toml", "[project]\nname = 'our-tools'\ndependencies = []\n");
    sandbox.write("nb/beside.py", "");
    sandbox.write("above/__init__.py", "");
    sandbox.write("src/inside/deep/module.py", "");
    sandbox.write("pandas/notes.md", "");
    let source = "import beside, above, inside.deep.module, our_tools\nfrom . import x\nimport os\nimport pandas";
    assert_eq!(missing(&sandbox, source), ["warning pandas"]);
    for own in [
        "!pip install -q seaborn==0.13\nimport seaborn",
        "import sys, subprocess\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'seaborn'])\nimport seaborn",
        "# /// script\n# dependencies = [\"seaborn\"]\n# ///\nimport seaborn",
        "!wget https://example.org/fetched.py\nimport fetched",
        "import sys\nsys.path.append('/elsewhere')\nimport unheard_of",
        "try:\n    import seaborn\nexcept ImportError:\n    pass",
        "from IPython.display import display\nimport google.colab",
    ] {
        assert_eq!(missing(&sandbox, own), [""; 0], "{own}");
    }
}

#[test]
fn builds_of_a_package_are_the_package() {
    let sandbox = Sandbox::new();
    sandbox.write(".git/HEAD", "");
    sandbox.write(
        "requirements.txt",
        "tensorflow-gpu\nopencv-contrib-python\npsycopg2-binary\nfaiss-cpu\npython-graphviz\ntypes-requests\n",
    );
    let source = "import tensorflow, cv2, psycopg2, faiss, graphviz\nimport torch";
    assert_eq!(missing(&sandbox, source), ["warning torch"]);
}

#[test]
fn check_reads_a_notebook_from_stdin() {
    let sandbox = Sandbox::new();
    sandbox.write("nb/requirements.txt", "numpy\n");
    sandbox.write("nb/mortarboard.toml", "select = [\"MB501\"]\n");
    let text = notebook(&[code(Some(1), "import pandas\nmissing")]).to_string();
    let (code, out) = piped(&sandbox, &text, &["check", "-", "--output-format", "concise"]);
    assert!(code == 1 && out.starts_with("-:cell 1:2:1: MB201 "), "{out}");
    let args = [
        "check",
        "-",
        "--stdin-filename",
        "nb/new.ipynb",
        "--output-format",
        "concise",
    ];
    let (code, out) = piped(&sandbox, &text, &args);
    assert!(code == 1 && out.starts_with("nb/new.ipynb:cell 1:1:8: MB501 "), "{out}");
    assert_eq!(piped(&sandbox, "no notebook", &["check", "-"]).0, 2);
    // these are refused before anything is read
    assert_eq!(sandbox.run(&["check", "-", "--fix"]).code, 2);
    assert_eq!(sandbox.run(&["check", "-", "nb"]).code, 2);
}

#[test]
fn outputs_are_large_from_where_the_settings_say() {
    let sandbox = Sandbox::new();
    let shown = crate::harness::stdout(&"x".repeat(3_000));
    let cell = crate::harness::code_with(Some(1), "print('x' * 3000)", serde_json::json!([shown]));
    sandbox.write_notebook("a.ipynb", &notebook(&[cell]));
    let found = |settings: &str| {
        sandbox.write("mortarboard.toml", settings);
        let report = sandbox.json(&["a.ipynb", "--select", "MB703"]);
        report["findings"][0]["severity"].as_str().unwrap_or("none").to_owned()
    };
    assert_eq!(found(""), "none");
    assert_eq!(found("large-output = \"1k\""), "note");
    assert_eq!(found("[per-path.\"*.ipynb\"]\nlarge-output = 200"), "warning");
}
