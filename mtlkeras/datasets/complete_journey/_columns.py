"""The columns of the Complete Journey table: name, type and meaning, in order.

"So far" and "before" always mean weeks before the row's own week.
"""

import numpy as np

INTEGER, REAL, TEXT = np.int32, np.float32, np.str_

DEMOGRAPHICS = {
    "age": "Age bracket of the head of the household; missing for two households of three.",
    "income": "Income bracket.",
    "home_ownership": "Homeowner, Renter, ...",
    "marital_status": "Married or Unmarried.",
    "household_size": "Number of people, up to 5+.",
    "household_comp": "Adults and kids in words.",
    "kids_count": "Number of kids, up to 3+.",
}

COLUMNS: dict[str, tuple[type, str]] = {
    "household_id": (INTEGER, "The household."),
    "category": (TEXT, "Product category that the row is about."),
    "department": (TEXT, "Department with most of the category's products."),
    "week": (INTEGER, "Week of the year 2017, 21 to 53."),
    "campaign": (TEXT, "Type of the household's running campaign that began last, or none."),
    **{name: (TEXT, meaning) for name, meaning in DEMOGRAPHICS.items()},
    "recency": (INTEGER, "Weeks since the household last bought the category, 1 to 12."),
    "frequency": (INTEGER, "Weeks in which it bought the category so far."),
    "frequency_12": (INTEGER, "Weeks in which it bought the category, of the 12 weeks before."),
    "purchase_rate": (REAL, "Frequency over the number of weeks so far."),
    "spend_so_far": (REAL, "Dollars spent on the category so far."),
    "mean_spend": (REAL, "The same over the frequency."),
    "last_spend": (REAL, "Dollars spent in the last week in which it bought the category."),
    "mean_quantity": (REAL, "Items a week with a purchase; missing where sold by volume."),
    "coupon_share": (REAL, "Share of those weeks with a coupon."),
    "private_label_share": (REAL, "Share of those weeks with a private label product."),
    "visits_4": (INTEGER, "Baskets of the household in the 4 weeks before."),
    "visits_12": (INTEGER, "Baskets of the household in the 12 weeks before."),
    "household_spend_12": (REAL, "Dollars of the household in the 12 weeks before."),
    "household_coupon_share": (REAL, "Coupon share so far over all categories."),
    "household_private_label_share": (REAL, "Private label share so far over all categories."),
    "category_rate": (REAL, "Share of the households at risk that bought it, 4 weeks before."),
    "recent_categories": (TEXT, "The last 10 categories bought, most recent last, joined by |."),
    "display": (REAL, "Planned: the category's products on display in an average store."),
    "mailer": (REAL, "Planned: the category's products in the mailer of an average store."),
    "coupons_offered": (INTEGER, "Planned: coupons for the category in running campaigns."),
    "purchase": (REAL, "Label: 1 where the household buys the category that week."),
    "quantity": (REAL, "Label: items bought; missing where sold by volume."),
    "spend": (REAL, "Label: dollars spent; missing where nothing was bought."),
    "coupon": (REAL, "Label: 1 where a coupon was used; missing where nothing was bought."),
    "private_label": (REAL, "Label: 1 where a private label product was bought; likewise."),
}
