"""All broken shops, by name: replacements by file, and every line that must be answered."""

from broken_keys import KEYS
from broken_objectives import OBJECTIVES
from broken_offers import OFFERS
from broken_rules import RULES
from broken_tables import TABLES
from broken_validities import VALIDITIES
from broken_values import VALUES

PARTS = (KEYS, VALUES, OBJECTIVES, OFFERS, RULES, TABLES, VALIDITIES)
BROKEN = {name: shop for part in PARTS for name, shop in part.items()}
