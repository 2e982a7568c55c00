"""The metadata model of the simulated DAM as tables: categories, fields and lookup domains."""

from dataclasses import dataclass

from sandbox.otmm.settings import OtmmSettings

Value = str | list[str]
"""A field's value; a list for the column of a table. Of a domain field: the value id, not what is displayed."""

ASSET_NAME = "ARTESIA.FIELD.ASSET NAME"


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field. `initial` is what an asset gets that was in the DAM before anything was uploaded."""

    id: str
    name: str
    datatype: str = "string"
    domain: str | None = None
    table: str | None = None
    cascading: bool = False
    initial: Value | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A group of fields."""

    id: str
    name: str
    fields: tuple[FieldDefinition, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A metadata model: what an asset or a folder can carry."""

    id: str
    name: str
    legacy_id: int
    categories: tuple[Category, ...]

    def field(self, field_id: str) -> FieldDefinition | None:
        """The definition of a field, or None."""
        return next((f for category in self.categories for f in category.fields if f.id == field_id), None)


F = FieldDefinition

# value id -> what is displayed; OTMM hands stray blanks through as they were typed
DOMAINS: dict[str, dict[str, str]] = {
    "FERRERO.DOMAIN.STATE": {"GLOBAL": "Global", "LOCAL": "Local"},
    "FERRERO.DOMAIN.MAIN LANGUAGES": {
        "EN": "English",
        "DE": "German ",
        "FR": "French",
        "IT": "Italian",
        "ES": "Spanish",
    },
    "FERRERO.DOMAIN.ASSETCOMPLIANCE": {"-": "-", "OK": "Compliant"},
    "FERRERO.DOMAIN.MARKETING_TAG": {"Tag": "Tag", "HERO": "Hero"},
    "FERRERO.DOMAIN.ASSET TYPE": {"OLV": "Online video", "IMG": "Still image", "DOC": "Document", "BAN": "Banner"},
    "FERRERO.DOMAIN.FISCAL YEAR": {"2025": "FY 2025", "2026": "FY 2026", "2027": "FY 2027"},
    "FERRERO.DOMAIN.SUB BRAND": {"RAF": "Sub brand one", "KIN": "Sub brand two"},
    "FERRERO.DOMAIN.AGENCY": {"AG01": "Example Agency"},
    "FERRERO.DOMAIN.PRODUCT": {"FOOD": "Food", "SWEETS": "Sweets", "BAR": "Bar"},
    "CUSTOM.DOMAIN.ECOMMERCE STATUS": {"APPROVED": "Approved", "NOT APPROVED": "Not approved"},
    "CONTENT.SCALING.DOMAIN.STATUS": {code: code for code in ("A1", "A2", "A3", "A4", "A5", "A6", "B1", "B2")},
}


def _reviewer(prefix: str, who: str) -> tuple[FieldDefinition, ...]:
    return (
        F(f"{prefix} COMMENT", f"{who} comment"),
        F(f"{prefix} CERTIFIER", f"{who} certifier"),
        F(f"{prefix} DATE", f"{who} date", "dateTime"),
    )


def _asset_fields(settings: OtmmSettings) -> dict[str, tuple[FieldDefinition, ...]]:
    ids = settings.fields
    tab, fld, mkt = "FERRERO.TABULAR.FIELD", "FERRERO.FIELD", "FERRERO.MARKETING.FIELD"
    tag_domain, state_domain = "FERRERO.DOMAIN.MARKETING_TAG", "FERRERO.DOMAIN.STATE"
    languages, compliance = "FERRERO.DOMAIN.MAIN LANGUAGES", "FERRERO.DOMAIN.ASSETCOMPLIANCE"
    return {
        "General": (F(ASSET_NAME, "Asset name"), F("ARTESIA.FIELD.ASSET DESCRIPTION", "Description", initial="Master")),
        "Languages": (
            F("MAIN_LANGUAGES", "Main languages", "string", languages, f"{tab}.MAIN LANGUAGES", initial=["EN"]),
        ),
        "Compliance": (
            F(f"{fld}.ASSETCOMPLIANCE", "Compliance", "string", compliance, f"{tab}.ASSETCOMPLIANCE", initial=["OK"]),
        ),
        "Tags": (F("MARKETING_TAG", "Marketing tag", "string", tag_domain, f"{tab}.MARKETING_TAG", initial=["HERO"]),),
        "Scope": (F(f"{fld}.STATE", "State", domain=state_domain, initial="GLOBAL"),),
        "Marketing": (
            F(f"{fld}.MKTG.ASSET TYPE", "Asset type", domain="FERRERO.DOMAIN.ASSET TYPE", initial="OLV"),
            F(f"{fld}.FISCAL YEAR", "Fiscal year", domain="FERRERO.DOMAIN.FISCAL YEAR", initial="2026"),
        ),
        "Brand": (F(f"{fld}.SUB BRAND", "Sub brand", domain="FERRERO.DOMAIN.SUB BRAND", initial="RAF"),),
        "Product": (F(f"{fld}.PRODUCT", "Product", "string", "FERRERO.DOMAIN.PRODUCT", None, True, "FOOD^SWEETS^BAR"),),
        "Agency": (F(f"{mkt}.AGENCY NAME", "Agency", domain="FERRERO.DOMAIN.AGENCY", initial="AG01"),),
        "Production": (
            F(f"{mkt}.SPOT_VERSION", "Spot version", initial="001"),
            F(f"{mkt}.DIRECTOR_NAME", "Director", initial="A. Director"),
        ),
        "Rights": (
            F("FERRERO.MARKET.FIELD.IPRIGHT", "IP right", initial="Yes"),
            F("FERRERO.MARKET.FIELD.BUYOUT", "Buyout", initial="No"),
        ),
        "CreativeX": (
            F("FERRERO.TAB.FIELD.CREATIVEX", "Score", "int", None, f"{tab}.PLATFORMRATING"),
            F(f"{fld}.CREATIVEX LINK", "Scorecard"),
        ),
        "Campaign": (F(ids.campaign_number, "Campaign number"), F(ids.global_campaign, "Global campaign")),
        "E-commerce": (F(ids.ecommerce_status, "E-commerce status", domain="CUSTOM.DOMAIN.ECOMMERCE STATUS"),),
        "Review": _reviewer(ids.approver, "Approver") + _reviewer(ids.legal, "Legal") + _reviewer(ids.iacc, "IA&CC"),
    }


def _folder_fields(settings: OtmmSettings) -> dict[str, tuple[FieldDefinition, ...]]:
    ids = settings.fields
    domain = "CONTENT.SCALING.DOMAIN.STATUS" if settings.status_is_domain else None
    campaign = (
        F(ids.campaign_number, "Campaign number"),
        F(ids.campaign_type, "Campaign type"),
        F(ids.global_campaign, "Global campaign"),
    )
    return {
        "General": (F(ASSET_NAME, "Folder name"), F("ARTESIA.FIELD.ASSET DESCRIPTION", "Description")),
        "Campaign": campaign,
        "Content scaling": (F(ids.status, "Status", domain=domain),),
    }


def _categories(prefix: str, groups: dict[str, tuple[FieldDefinition, ...]]) -> tuple[Category, ...]:
    return tuple(Category(f"{prefix}.{name.upper()}", name, fields) for name, fields in groups.items())


def asset_model(settings: OtmmSettings) -> Model:
    """What an asset carries: 15 categories, as the real one."""
    return Model("ECOMMERCE", "E-commerce", 104, _categories("FERRERO.CATEGORY", _asset_fields(settings)))


def folder_model(settings: OtmmSettings) -> Model:
    """What a folder carries; a campaign is a folder whose campaign fields are filled."""
    groups = _folder_fields(settings)
    return Model("ARTESIA.MODEL.BASIC FOLDER", "Basic folder", 101, _categories("FOLDER.CATEGORY", groups))
