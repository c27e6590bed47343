//! Which language a notebook's kernel speaks.

/// The language of a notebook. Without anything said it is Python, as Jupyter's own tools take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Language {
    Python,
    /// Python 2, which no Python 3 parser reads.
    Python2,
    /// Any other, by the name that the notebook gives it.
    Other(String),
}

impl Language {
    /// Decides from `kernelspec.language`, `language_info.name`, the kernel's name and the language's version.
    pub(super) fn decide(
        spec_language: Option<&str>,
        info_name: Option<&str>,
        kernel_name: Option<&str>,
        version: Option<&str>,
    ) -> Self {
        let said = [info_name, spec_language]
            .into_iter()
            .flatten()
            .map(str::trim)
            .find(|name| !name.is_empty());
        let name = said.map_or_else(|| from_kernel(kernel_name), str::to_owned);
        let lower = name.to_ascii_lowercase();
        let is_python = [
            "python",
            "ipython",
            "python3",
            "pyspark",
            "plaintext",
            "sage",
            "python2",
        ]
        .contains(&lower.as_str());
        if !is_python {
            return Self::Other(name);
        }
        let two = lower == "python2" || version.is_some_and(|v| v.starts_with("2."));
        let kernel_two = version.is_none() && kernel_name == Some("python2");
        if two || kernel_two { Self::Python2 } else { Self::Python }
    }

    /// The language's name as FINDINGS.md gives it.
    pub fn name(&self) -> &str {
        match self {
            Self::Python => "python",
            Self::Python2 => "python2",
            Self::Other(name) => name,
        }
    }

    pub fn is_python(&self) -> bool {
        *self == Self::Python
    }
}

/// Guesses from the kernel's name alone, for files that name nothing else.
fn from_kernel(kernel: Option<&str>) -> String {
    let kernel = kernel.unwrap_or_default().to_ascii_lowercase();
    let known = [
        ("ir", "R"),
        ("xr", "R"),
        ("julia", "julia"),
        ("scala", "scala"),
        ("almond", "scala"),
        ("bash", "bash"),
        ("javascript", "javascript"),
        ("deno", "typescript"),
        (".net-csharp", "C#"),
        ("xcpp", "C++"),
        ("octave", "octave"),
        ("ruby", "ruby"),
        ("rust", "rust"),
        ("evcxr", "rust"),
        ("sql", "sql"),
        ("xsqlite", "sql"),
        ("gophernotes", "go"),
        ("ihaskell", "haskell"),
        ("kotlin", "kotlin"),
        ("sas", "sas"),
        ("stata", "stata"),
        ("matlab", "matlab"),
    ];
    known
        .iter()
        .find(|(prefix, _)| kernel == *prefix || (prefix.len() > 2 && kernel.starts_with(prefix)))
        .map_or("python", |&(_, language)| language)
        .to_owned()
}
