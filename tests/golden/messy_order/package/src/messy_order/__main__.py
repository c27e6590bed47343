"""`python -m messy_order` runs the pipeline."""

from messy_order.cli import main

raise SystemExit(main())
