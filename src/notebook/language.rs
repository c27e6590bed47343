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

/// What a notebook's metadata says of its language, the most telling first.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The host's word on the notebook, the kernel's on its language, and the specification's of the kernel.
    pub languages: Vec<String>,
    pub kernel: Option<String>,
    pub version: Option<String>,
    /// What editors call the cells' language.
    pub cells: Vec<String>,
}

impl Language {
    /// Decides from the languages that the metadata names, then the kernel's name, then what the cells say.
    pub(super) fn decide(said: &Said) -> Self {
        let kernel = said.kernel.as_deref().unwrap_or_default().to_ascii_lowercase();
        let languages = said.languages.iter().map(|name| name.trim());
        // Sage's kernel says Python of itself, but its preparser takes what Python refuses (`f(x) = x^2`)
        let sage = kernel == "sage" || ["sagemath", "sage-"].iter().any(|start| kernel.starts_with(start));
        if sage || languages.clone().any(|name| name.eq_ignore_ascii_case("sage")) {
            return Self::Other("sage".to_owned());
        }
        let unsaid = |name: &&str| {
            matches!(
                name.to_ascii_lowercase().as_str(),
                "" | "plaintext" | "text" | "markdown"
            )
        };
        let named = languages.clone().find(|name| !unsaid(name));
        let mut cells = said.cells.iter().map(|name| name.trim()).filter(|name| !unsaid(name));
        let of_cells = cells
            .next()
            .filter(|first| cells.all(|other| other.eq_ignore_ascii_case(first)));
        let name = named.or_else(|| of_kernel(&kernel)).or(of_cells).unwrap_or("python");
        let lower = name.to_ascii_lowercase();
        if !["python", "ipython", "pyspark"]
            .iter()
            .any(|prefix| lower.starts_with(prefix))
        {
            return Self::Other(name.to_owned());
        }
        let version = said.version.as_deref();
        let two = lower == "python2" || version.is_some_and(|v| v.starts_with("2."));
        let kernel_two = version.is_none() && kernel == "python2";
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

/// The language that a kernel's name tells, for files that name none.
fn of_kernel(kernel: &str) -> Option<&'static str> {
    let known = KERNELS.iter().find(|(name, _)| {
        // `ir44`, `julia-1.10`, but not `irene`
        let rest = kernel.strip_prefix(name);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    });
    known.map(|&(_, language)| language)
}

/// How kernels' names start.
const KERNELS: [(&str, &str); 50] = [
    (".net-csharp", "C#"),
    (".net-fsharp", "F#"),
    (".net-powershell", "PowerShell"),
    ("almond", "scala"),
    ("ansible", "ansible"),
    ("apache_toree_r", "R"),
    ("apache_toree_scala", "scala"),
    ("apache_toree_sql", "sql"),
    ("bash", "bash"),
    ("calysto_scheme", "scheme"),
    ("clojure", "clojure"),
    ("coq", "coq"),
    ("deno", "typescript"),
    ("dyalog", "apl"),
    ("elixir", "elixir"),
    ("evcxr", "rust"),
    ("gap", "gap"),
    ("glue_spark", "scala"),
    ("gonb", "go"),
    ("gophernotes", "go"),
    ("haskell", "haskell"),
    ("ihaskell", "haskell"),
    ("ijavascript", "javascript"),
    ("ir", "R"),
    ("irkernel", "R"),
    ("java", "java"),
    ("javascript", "javascript"),
    ("jslab", "javascript"),
    ("julia", "julia"),
    ("kotlin", "kotlin"),
    ("lua", "lua"),
    ("matlab", "matlab"),
    ("maxima", "maxima"),
    ("ocaml", "ocaml"),
    ("octave", "octave"),
    ("perl", "perl"),
    ("powershell", "powershell"),
    ("ruby", "ruby"),
    ("rust", "rust"),
    ("sas", "sas"),
    ("scala", "scala"),
    ("sparkkernel", "scala"),
    ("sparkrkernel", "R"),
    ("spylon", "scala"),
    ("sql", "sql"),
    ("stata", "stata"),
    ("tslab", "typescript"),
    ("wolframlanguage", "wolfram language"),
    ("xcpp", "C++"),
    ("xr", "R"),
];
