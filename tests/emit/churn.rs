//! The plan of a small notebook with data, a model, a figure and two files.

use mortarboard::notebook::CellIdx;
use mortarboard::plan::{ConfigType, ImportSection, ItemKind, Level, MissingFile, Note, PathUse, Plan};

use crate::build::{
    code, dependency, dropped, empty, field, import, item, prose, recorded, returns, setting, step, value,
};

pub fn plan() -> Plan {
    let mut plan = empty("customer_churn");
    plan.notebook.title = "Customer churn".to_owned();
    plan.notebook.summary = "Weekly churn scores for the retention team.".to_owned();
    let mut data = field("DATA_PATH", 2, ConfigType::Path, "'data/customers.csv'");
    data.description = Some("read by load_the_data".to_owned());
    data.path_use = Some(PathUse::Read);
    let mut at_risk = field("at_risk_path", 17, ConfigType::Path, "\"at_risk.csv\"");
    at_risk.name = None;
    at_risk.description = Some("written by evaluate".to_owned());
    at_risk.path_use = Some(PathUse::Write);
    plan.config = vec![
        data,
        at_risk,
        field("TEST_SIZE", 2, ConfigType::Float, "0.25"),
        field("SEED", 2, ConfigType::Int, "42"),
        field("THRESHOLD", 2, ConfigType::Float, "0.35"),
    ];
    plan.saves_figures = true;
    plan.functions.items = vec![
        item("LOYAL_AFTER", 2, ItemKind::Constant, "LOYAL_AFTER = 48"),
        item(
            "tenure_band",
            8,
            ItemKind::Function,
            "def tenure_band(months: Any) -> Any:\n    \"\"\"Bucket a tenure in months.\"\"\"\n    if months < 12:\n        return \
             'new'\n    return 'loyal' if months >= LOYAL_AFTER else 'settled'\n",
        ),
    ];
    let third = ImportSection::ThirdParty;
    plan.steps_module.imports = vec![
        import(third, "pandas", None, Some("pd")),
        import(third, "matplotlib.pyplot", None, Some("plt")),
        import(third, "sklearn.preprocessing", Some("StandardScaler"), None),
        import(third, "sklearn.pipeline", Some("make_pipeline"), None),
        import(third, "sklearn.linear_model", Some("LogisticRegression"), None),
        import(third, "sklearn.metrics", Some("roc_auc_score"), None),
        import(third, "sklearn.model_selection", Some("train_test_split"), None),
        import(
            ImportSection::FirstParty,
            "customer_churn.functions",
            Some("tenure_band"),
            None,
        ),
    ];
    steps(&mut plan);
    plan.results = ["churn_by_plan", "model", "auc", "at_risk"].map(str::to_owned).to_vec();
    plan.dependencies = vec![
        dependency("pandas", ">=2.2"),
        dependency("scikit-learn", ""),
        dependency("matplotlib", ""),
    ];
    plan.untyped = ["matplotlib", "pandas", "sklearn"].map(str::to_owned).to_vec();
    plan.dropped = vec![dropped(4, 2, "customers.head()"), dropped(5, 1, "customers.shape")];
    plan.notes = vec![Note {
        cell: CellIdx(7),
        text: "writes into the frame that `dropna` made; pandas may warn about a copy".to_owned(),
    }];
    let churn = "{'basic': 0.173, 'enterprise': 0.105, 'free': 0.192, 'pro': 0.276}";
    let mut auc = recorded("test_cell_17_auc", 17, "results.auc", "0.714");
    auc.checks[0].tolerance = Some("rel=1e-2".to_owned());
    plan.tests.recorded = vec![
        recorded(
            "test_cell_11_churn_by_plan",
            11,
            "results.churn_by_plan.to_dict()",
            churn,
        ),
        auc,
    ];
    plan.tests.missing_files = vec![MissingFile {
        function: "load_the_data".to_owned(),
        param: "data_path".to_owned(),
        others: Vec::new(),
        exception: "FileNotFoundError".to_owned(),
        suffix: ".csv".to_owned(),
    }];
    plan.thin = vec![
        prose("# Customer churn\n\nWeekly churn scores for the retention team."),
        code("from customer_churn import steps\nfrom customer_churn.config import Config\n\nconfig = Config()"),
        code("customers = steps.load_the_data(config.data_path)\ncustomers.head( )"),
    ];
    plan
}

fn steps(plan: &mut Plan) {
    let mut load = step(
        "load_the_data",
        "Load the data",
        (4, 5),
        "customers = pd.read_csv(data_path)",
    );
    load.params = vec![setting("data_path", "Path", "data_path")];
    load.returns = returns(&[("customers", "pd.DataFrame")]);
    let mut clean = step(
        "clean",
        "Clean",
        (7, 9),
        "# a handful of accounts have no plan\nbefore = len(customers)\ncustomers = customers.dropna(subset=['plan'])\n\
         customers['monthly_spend'] = customers['monthly_spend'].fillna(0.0)\n\
         logger.info(f'dropped {before - len(customers)} rows')\n\
         customers['band'] = customers['tenure_months'].apply(tenure_band)",
    );
    clean.params = vec![value("customers", "pd.DataFrame")];
    clean.returns = returns(&[("customers", "pd.DataFrame")]);
    clean.level = Level::Mutating;
    let mut explore = step(
        "explore",
        "Explore",
        (11, 12),
        "churn_by_plan = customers.groupby('plan')['churned'].mean().round(3)\n\
         churn_by_plan.plot.bar(title='Churn by plan')\nplt.ylabel('share churned')\n\
         save_figures(figures_dir, 'explore-1')",
    );
    explore.params = vec![value("customers", "pd.DataFrame")];
    explore.saves_figures = true;
    explore.returns = returns(&[("churn_by_plan", "Any")]);
    let mut train = step(
        "train_the_model",
        "Train the model",
        (14, 15),
        "features = ['age', 'tenure_months', 'monthly_spend', 'support_tickets']\nX = customers[features]\n\
         y = customers['churned']\nX_train, X_test, y_train, y_test = train_test_split(\n    X, y, \
         test_size=test_size, random_state=seed, stratify=y\n)\n\
         model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))\nmodel.fit(X_train, y_train)",
    );
    train.params = vec![
        value("customers", "pd.DataFrame"),
        setting("test_size", "float", "test_size"),
        setting("seed", "int", "seed"),
    ];
    train.returns = returns(&[("X_test", "Any"), ("y_test", "Any"), ("model", "Any")]);
    train.result_class = Some("Training".to_owned());
    let mut evaluate = step(
        "evaluate",
        "Evaluate",
        (17, 18),
        "probabilities = model.predict_proba(X_test)[:, 1]\nauc = roc_auc_score(y_test, probabilities)\n\
         logger.info(f'AUC {auc:.3f}')\nat_risk = X_test[probabilities > threshold].assign(\n    \
         probability=probabilities[probabilities > threshold]\n)\nat_risk.to_csv(at_risk_path, index=False)",
    );
    evaluate.params = vec![
        value("X_test", "Any"),
        value("y_test", "Any"),
        value("model", "Any"),
        setting("threshold", "float", "threshold"),
        setting("at_risk_path", "Path", "at_risk_path"),
    ];
    evaluate.returns = returns(&[("auc", "Any"), ("at_risk", "Any")]);
    evaluate.result_class = Some("Evaluation".to_owned());
    plan.steps = vec![load, clean, explore, train, evaluate];
}
