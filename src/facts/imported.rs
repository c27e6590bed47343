//! Modules that a statement imports, wherever in it.

use ruff_python_ast::Stmt;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::python::module_of;

/// An absolute import of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The module, dotted.
    pub module: String,
    pub range: TextRange,
    /// Whether it stands in a `try` or under a condition: the code may do without it.
    pub guarded: bool,
}

/// Every absolute import in a statement, those in functions and branches too.
pub fn imported(statement: &Stmt) -> Vec<Imported> {
    let mut finder = Finder {
        found: Vec::new(),
        guards: 0,
    };
    finder.visit_stmt(statement);
    finder.found
}

struct Finder {
    found: Vec<Imported>,
    guards: u32,
}

impl Finder {
    fn add(&mut self, module: String, at: impl Ranged) {
        self.found.push(Imported {
            module,
            range: at.range(),
            guarded: self.guards > 0,
        });
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.add(alias.name.to_string(), alias);
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                for alias in &import.names {
                    self.add(module_of(module, alias.name.as_str()), import);
                }
            }
            Stmt::Try(_) | Stmt::If(_) => {
                self.guards += 1;
                walk_stmt(self, statement);
                self.guards -= 1;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a ruff_python_ast::Expr) {}
}
