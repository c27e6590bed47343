//! Short ways to write the parts of a plan by hand.

use mortarboard::notebook::CellIdx;
use mortarboard::plan::{
    Argument, Check, ConfigField, ConfigType, Dependency, Dropped, Import, ImportSection, Item, ItemKind, Level,
    Module, NotebookRef, Param, Plan, Recorded, Return, Step, Tests, ThinCell,
};

pub fn empty(package: &str) -> Plan {
    Plan {
        notebook: NotebookRef {
            path: format!("{package}.ipynb"),
            file_name: format!("{package}.ipynb"),
            sha256: "0".repeat(64),
            title: String::new(),
            summary: String::new(),
            ..NotebookRef::default()
        },
        package: package.to_owned(),
        distribution: package.replace('_', "-"),
        python: (3, 11),
        config: Vec::new(),
        secrets: Vec::new(),
        functions: Module::default(),
        steps_module: Module::default(),
        step_modules: Vec::new(),
        state: Vec::new(),
        steps: Vec::new(),
        given: Vec::new(),
        results: Vec::new(),
        dependencies: Vec::new(),
        untyped: Vec::new(),
        lint_exceptions: Vec::new(),
        dropped: Vec::new(),
        notes: Vec::new(),
        tests: Tests::default(),
        thin: Vec::new(),
        local: Vec::new(),
        saves_figures: false,
        messages: false,
        verification: None,
        parts: Vec::new(),
    }
}

pub fn step(function: &str, title: &str, cells: (usize, usize), body: &str) -> Step {
    Step {
        function: function.to_owned(),
        module: "steps".to_owned(),
        title: title.to_owned(),
        prose: Vec::new(),
        cells: (CellIdx(cells.0), CellIdx(cells.1)),
        after_cell: CellIdx(cells.1),
        ran: Vec::new(),
        params: Vec::new(),
        returns: Vec::new(),
        result_class: None,
        requires: Vec::new(),
        globals: Vec::new(),
        body: body.to_owned(),
        origins: Vec::new(),
        is_async: false,
        saves_figures: false,
        level: Level::Pure,
    }
}

pub fn value(name: &str, annotation: &str) -> Param {
    Param {
        name: name.to_owned(),
        annotation: annotation.to_owned(),
        argument: Argument::Value(name.to_owned()),
    }
}

pub fn setting(name: &str, annotation: &str, field: &str) -> Param {
    Param {
        name: name.to_owned(),
        annotation: annotation.to_owned(),
        argument: Argument::Config(field.to_owned()),
    }
}

pub fn returns(names: &[(&str, &str)]) -> Vec<Return> {
    names
        .iter()
        .map(|(name, of)| Return {
            name: (*name).to_owned(),
            annotation: (*of).to_owned(),
        })
        .collect()
}

pub fn import(section: ImportSection, module: &str, symbol: Option<&str>, alias: Option<&str>) -> Import {
    Import {
        section,
        module: module.to_owned(),
        symbol: symbol.map(str::to_owned),
        alias: alias.map(str::to_owned),
        for_effect: false,
    }
}

pub fn item(name: &str, cell: usize, kind: ItemKind, source: &str) -> Item {
    Item {
        name: name.to_owned(),
        cell: CellIdx(cell),
        kind,
        source: source.to_owned(),
        origins: Vec::new(),
    }
}

pub fn field(name: &str, cell: usize, type_: ConfigType, default: &str) -> ConfigField {
    ConfigField {
        field: name.to_lowercase(),
        name: Some(name.to_owned()),
        cell: CellIdx(cell),
        type_,
        default: default.to_owned(),
        description: None,
        path_use: None,
    }
}

pub fn dependency(distribution: &str, version: &str) -> Dependency {
    Dependency {
        distribution: distribution.to_owned(),
        version: version.to_owned(),
        optional: false,
        known: true,
    }
}

pub fn dropped(cell: usize, line: usize, excerpt: &str) -> Dropped {
    Dropped {
        cell: CellIdx(cell),
        lines: (line, line),
        reason: "shows a value".to_owned(),
        names: Vec::new(),
        excerpt: excerpt.to_owned(),
    }
}

pub fn recorded(test: &str, cell: usize, expression: &str, expected: &str) -> Recorded {
    Recorded {
        test: test.to_owned(),
        cell: CellIdx(cell),
        table: None,
        checks: vec![Check {
            expression: expression.to_owned(),
            expected: expected.to_owned(),
            tolerance: None,
        }],
    }
}

pub fn prose(text: &str) -> ThinCell {
    ThinCell::Markdown(text.to_owned())
}

pub fn code(source: &str) -> ThinCell {
    ThinCell::Code {
        imports: Vec::new(),
        source: source.to_owned(),
        original: None,
    }
}
