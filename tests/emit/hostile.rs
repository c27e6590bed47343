//! Plans that try to break out of the text that they are laid into.

use mortarboard::notebook::CellIdx;
use mortarboard::plan::{
    Argument, ConfigType, ImportSection, ItemKind, Level, LintException, MissingFile, Note, PathUse, Plan, SecretField,
    StateName,
};

use crate::build::{
    code, dependency, dropped, empty, field, import, item, prose, recorded, returns, setting, step, value,
};

/// Text with everything that ends a string, a comment, a table, a template or a line.
pub const EVIL: &str =
    "it's \"quoted\" \"\"\"twice\"\"\" \\ {{ evil }} {% raw %} | # `tick` \u{202e}\u{0}\r\n]]> <b> é\\";

pub fn plan() -> Plan {
    let mut plan = empty("größe");
    plan.notebook.path = "ordner/\"größe\" {{ x }}.ipynb".to_owned();
    plan.notebook.file_name = "\"größe\" {{ x }}.ipynb".to_owned();
    plan.notebook.title = EVIL.to_owned();
    plan.notebook.summary = format!("{EVIL}{EVIL}");
    plan.distribution = "grosse".to_owned();
    let mut source = field("QUELLE", 1, ConfigType::Path, r#"'da"ta\\\'.csv'"#);
    source.description = Some(EVIL.to_owned());
    source.path_use = Some(PathUse::Read);
    let mut target = field("ziel", 1, ConfigType::Str, "'out/ziel.txt'");
    target.path_use = Some(PathUse::Write);
    let mut again = field("nochmal", 1, ConfigType::Str, "'out/ziel.txt'");
    again.path_use = Some(PathUse::Read);
    plan.config = vec![
        source,
        target,
        again,
        field("GREETING", 1, ConfigType::Str, "\"a 'b' \\\"c\\\" {{ d }}\\n\""),
        field("verbose", 1, ConfigType::Bool, "True"),
        field("n", 1, ConfigType::Int, "-3"),
    ];
    plan.secrets = vec![
        SecretField {
            field: "api_key".to_owned(),
            env: "API_KEY".to_owned(),
            cell: CellIdx(1),
        },
        SecretField {
            field: "token".to_owned(),
            env: "GRÖSSE_TOKEN".to_owned(),
            cell: CellIdx(1),
        },
    ];
    plan.saves_figures = true;
    let stdlib = ImportSection::Stdlib;
    let mut effect = import(stdlib, "rlcompleter", None, None);
    effect.for_effect = true;
    plan.steps_module.imports = vec![
        import(ImportSection::Future, "__future__", Some("annotations"), None),
        import(stdlib, "os", None, None),
        import(stdlib, "math", Some("pi"), Some("π")),
        import(stdlib, "math", Some("tau"), None),
        import(stdlib, "math", Some("e"), None),
        effect,
    ];
    plan.steps_module.items = vec![item(
        "reads_state",
        2,
        ItemKind::Function,
        "# why: \"\"\" {{ x }}\r\ndef reads_state() -> Any:\r\n    import sys\r\n    return shared + len(sys.argv) * 0 * int(tau + e + π + len(os.sep))",
    )];
    plan.functions.items = vec![
        item("A", 2, ItemKind::Constant, "A = '''two\nlines {{ x }}'''"),
        item("B", 2, ItemKind::Constant, "B = 2"),
        item("D", 2, ItemKind::Function, "def D(x: Any) -> Any:\n    return x"),
        item(
            "C",
            2,
            ItemKind::Class,
            "class C:\n\tdef m(self) -> Any: logger.info(\"%s\", A); return self",
        ),
    ];
    plan.state = vec![
        StateName {
            name: "shared".to_owned(),
            reason: EVIL.to_owned(),
        },
        StateName {
            name: "gone".to_owned(),
            reason: "a cell deletes it".to_owned(),
        },
    ];
    steps(&mut plan);
    plan.results = ["match", "_private", "count", "shared", "größe", "steps", "text", "ran"]
        .map(str::to_owned)
        .to_vec();
    let mut guarded = dependency("surely-absent", "");
    guarded.optional = true;
    guarded.known = false;
    plan.dependencies = vec![guarded];
    plan.untyped = vec!["surely_absent".to_owned()];
    plan.lint_exceptions = vec![LintException {
        file: "steps.py".to_owned(),
        code: "E741".to_owned(),
        reason: EVIL.to_owned(),
    }];
    plan.dropped = vec![dropped(3, 1, EVIL)];
    plan.notes = vec![Note {
        cell: CellIdx(3),
        text: EVIL.to_owned(),
    }];
    plan.tests.recorded = vec![
        recorded("test_match", 4, "results.match == 1", "True"),
        recorded("test_text", 4, "results.text", "'''a\n  b\n'''"),
        recorded("test_private", 4, "math.floor(results._private)", "3"),
        recorded("test_shared", 4, "results.shared", "5"),
        recorded("test_ran", 4, "results.ran", "None"),
    ];
    plan.tests.missing_files = vec![MissingFile {
        function: "lies".to_owned(),
        param: "quelle".to_owned(),
        others: vec![("greeting".to_owned(), "\"'\"".to_owned())],
        exception: "FileNotFoundError".to_owned(),
        suffix: ".c\"s{v}".to_owned(),
    }];
    plan.thin = vec![prose(EVIL), code("%matplotlib inline\nx=1;"), code(""), code("x = = 1")];
    plan
}

fn steps(plan: &mut Plan) {
    let mut read = step(
        "lies",
        EVIL,
        (1, 1),
        "text = open(quelle).read() + greeting[:0]\ntext = '''a\n  b\n''' + text[:0]",
    );
    read.prose = [EVIL, "", "- \"\"\" ends", "  \\N{BELL}\u{202e}\""]
        .map(str::to_owned)
        .to_vec();
    read.params = vec![
        setting("quelle", "Path", "quelle"),
        setting("greeting", "str", "greeting"),
    ];
    read.returns = returns(&[("text", "Any")]);
    let mut binds = step(
        "teile",
        "",
        (2, 3),
        "shared = 1\r\ngone = 2\r\nlist(map(str, [shared]))\r\nmatch = 1\r\n_private = 3.5\r\ncount = f'''{\r\n  \
         shared = }\r\n'''\r\ngröße = 'ß'\r\nsteps = config = Results = builtins = 1\r\nl = key[:0]\r\ngröße += l\r\ndel gone",
    );
    binds.params = vec![setting("key", "str", "api_key")];
    binds.returns = returns(&[
        ("match", "int"),
        ("_private", "Any"),
        ("count", "Any"),
        ("größe", "str"),
        ("steps", "Any"),
        ("config", "Any"),
        ("Results", "Any"),
        ("builtins", "Any"),
    ]);
    binds.globals = vec!["gone".to_owned(), "shared".to_owned()];
    binds.level = Level::State;
    let mut waits = step(
        "wartet",
        "Waits. ",
        (4, 4),
        "import asyncio as aio\nawait aio.sleep(0)\nshared = 5\nmatch = match + reads_state() * 0\nfor ran in [None]:\n    \
         await aio.sleep(0)",
    );
    waits.is_async = true;
    waits.globals = vec!["shared".to_owned()];
    waits.params = vec![
        value("match", "Any"),
        value("steps", "Any"),
        value("config", "Any"),
        value("Results", "Any"),
        value("builtins", "Any"),
    ];
    waits.returns = returns(&[("match", "Any"), ("ran", "Any")]);
    waits.result_class = Some("Wartet".to_owned());
    let mut draws = step(
        "zeichnet",
        "Draws",
        (5, 5),
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.figure()\nplt.plot([2, 1])\n\
         save_figures(figures_dir, 'zeichnet-\"1\"')\nopen(ziel, 'w').write('x')\nassert open(nochmal).read()",
    );
    draws.saves_figures = true;
    draws.params = vec![setting("ziel", "str", "ziel"), setting("nochmal", "str", "nochmal")];
    let mut shows = step("zeigt", "Only a comment", (6, 6), "# nothing is left\n");
    shows.params = vec![value("größe", "str")];
    shows.returns = returns(&[("unread", "Any")]);
    shows.body = "unread = größe".to_owned();
    let nothing = step("nichts", "Nothing", (7, 7), "# nothing is left");
    let mut shares = step("gibt", "", (8, 8), "assert ziel == 5");
    shares.params = vec![value("ziel", "int")];
    if let Some(param) = shares.params.first_mut() {
        param.argument = Argument::Value("shared".to_owned());
    }
    plan.steps = vec![read, binds, waits, draws, shows, nothing, shares];
}
