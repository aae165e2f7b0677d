"""The theme pack of CRM and B2B services: invented comments with the themes a person would give them."""

import pytest

from analysis.text.themes import PACKS_FOLDER, find_themes, load_pack

COMMENTS = [
    ("After the migration half of our contact notes were gone.", {"losing_data"}, {"price", "training"}),
    ("We have three duplicate records for every customer.", {"losing_data"}, {"quotes"}),
    ("The handover from sales to service was a mess.", {"hard_to_hand_over"}, {"training"}),
    ("When our project lead left, nobody knew where anything stood.", {"hard_to_hand_over"}, {"price"}),
    ("I had to explain our setup again to every new person.", {"repeats_oneself"}, {"price", "quotes"}),
    ("Fourth account manager in two years.", {"changing_contacts"}, {"quotes"}),
    ("Nobody feels responsible for our account.", {"changing_contacts"}, {"price"}),
    (
        "Our account manager is always available and really listens.",
        {"account_management", "good_partner"},
        {"slow_response"},
    ),
    ("The consultants were highly competent and friendly.", {"consultants"}, {"lacking_expertise"}),
    ("They sent juniors who had no idea of our industry.", {"lacking_expertise"}, {"good_partner"}),
    ("The quote took three weeks and had the wrong quantities.", {"quotes", "wrong_quote"}, {"training"}),
    ("Still waiting for your proposal.", {"quotes", "wrong_quote"}, {"training"}),
    ("Way too expensive for what you get.", {"price"}, {"surprise_invoice"}),
    ("Hidden fees on the final invoice.", {"surprise_invoice"}, {"contract_terms"}),
    ("Every phone call is billed extra.", {"surprise_invoice"}, {"quotes"}),
    ("The contract renewed automatically for another year.", {"contract_terms"}, {"quotes"}),
    (
        "The implementation went smoothly, on time and within budget.",
        {"good_partner", "implementation"},
        {"late_project"},
    ),
    ("Go-live was postponed twice.", {"late_project"}, {"price"}),
    ("We ended up doing everything ourselves.", {"late_project"}, {"price"}),
    ("The training was too short and too theoretical.", {"training"}, {"price"}),
    ("Tickets stay unanswered for weeks.", {"slow_response", "support"}, {"price"}),
    ("Communication was excellent, we were kept informed at every step.", {"communication"}, {"slow_response"}),
    ("The campaign brought no leads at all.", {"deliverables"}, {"losing_data"}),
    ("The pallets arrived two days late and one was damaged.", {"supplier_delivery"}, {"quotes"}),
    ("The CRM is clunky and the dashboards are hard to read.", {"crm_system"}, {"quotes"}),
    ("Sales promised an interface that never existed.", {"overpromised"}, {"training"}),
    ("Would highly recommend them, a pleasure to work with.", {"good_partner"}, {"overpromised"}),
    ("We met on Tuesday in the office.", set(), {"late_project", "price", "quotes", "support", "training"}),
    ("There are twelve of us in the department.", set(), {"changing_contacts", "price", "quotes", "support"}),
    ("My colleague filled in this survey too.", set(), {"communication", "losing_data", "price", "support"}),
]

# Written without a look at the phrases; what was missed at first led to phrases later.
MORE_COMMENTS = [
    ("Customer history is nowhere to be found since the update.", {"losing_data"}, {"price"}),
    ("New guy started from zero because nothing was written down.", {"hard_to_hand_over"}, {"price"}),
    ("Service had never heard of what sales agreed with us.", {"hard_to_hand_over"}, {"price"}),
    ("They asked me for the same documents three times.", {"repeats_oneself"}, {"price"}),
    ("No dedicated contact, you get a different person each call.", {"changing_contacts"}, {"price"}),
    ("Friendly, knowledgeable team that gets our business.", {"consultants"}, {"price"}),
    ("The agency delivered generic slides with zero insight.", {"lacking_expertise"}, {"price"}),
    ("Offer was unclear, I still don't know what the licences cost.", {"price", "wrong_quote"}, {"training"}),
    ("Fair prices and good value.", {"price"}, {"surprise_invoice"}),
    ("The bill was twice what was agreed.", {"surprise_invoice"}, {"training"}),
    ("24 months notice period is ridiculous.", {"contract_terms"}, {"training"}),
    ("Project has been dragging on since spring.", {"late_project"}, {"price"}),
    ("Great trainer, we learned a lot.", {"training"}, {"price"}),
    ("It takes ages until someone answers the phone.", {"slow_response"}, {"price"}),
    ("Nobody told us about the change of plan.", {"communication"}, {"price"}),
    ("Sloppy work with typos in every draft.", {"deliverables"}, {"price"}),
    ("The supplier is constantly out of stock.", {"supplier_delivery"}, {"price"}),
    ("Syncing with Outlook fails every other day.", {"crm_system"}, {"price"}),
    ("Once we signed, nobody cared any more.", {"slow_response"}, {"price"}),
    ("Nice weather at the trade fair.", set(), {"communication", "deliverables", "price", "support"}),
]


@pytest.mark.parametrize(("text", "expected", "unwanted"), COMMENTS + MORE_COMMENTS)
def test_names_the_themes_and_no_unrelated_ones(text: str, expected: set[str], unwanted: set[str]) -> None:
    pack = load_pack(PACKS_FOLDER / "crm.yaml")
    found = {hit.theme.removeprefix("crm.") for hit in find_themes(text, [pack])}
    assert expected <= found
    assert not found & unwanted


def test_has_aspects_pains_and_praise() -> None:
    themes = load_pack(PACKS_FOLDER / "crm.yaml").themes.values()
    assert {theme.tone for theme in themes} == {"pain", "praise", "either"}
