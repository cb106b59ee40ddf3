"""`python -m guardrail`, the same as `guardrail`."""

import sys

from guardrail.cli import main

sys.exit(main())
