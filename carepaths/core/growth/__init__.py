"""Growth: ages, body size, and how a child's size compares with others of that age."""

from carepaths.core.growth.ages import (
    MONTH_DAYS,
    Age,
    age_between,
    corrected_days,
    months_at,
)
from carepaths.core.growth.body import body_mass_index, body_surface
from carepaths.core.growth.scoring import Standing, standing
from carepaths.core.growth.tables import CDC, WHO, Sex, Table

__all__ = [
    "CDC",
    "MONTH_DAYS",
    "WHO",
    "Age",
    "Sex",
    "Standing",
    "Table",
    "age_between",
    "body_mass_index",
    "body_surface",
    "corrected_days",
    "months_at",
    "standing",
]
