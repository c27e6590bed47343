"""`python -m sales_forecast` runs the pipeline."""

from sales_forecast.cli import main

raise SystemExit(main())
