import pytest

from analysis.text.themes import PACKS_FOLDER, find_themes, load_pack

PACK = load_pack(PACKS_FOLDER / "banking.yaml")


@pytest.mark.parametrize(
    ("text", "expected", "unwanted"),
    [
        ("Customer for 20 years and they turned down my loan", {"loans", "loan_trouble"}, set()),
        ("3 weeks for a simple transfer, unbelievable", {"transfers", "payment_failed"}, set()),
        ("Mortgage rates are awful compared to others", {"interest"}, set()),
        ("You took 35 dollars for nothing", {"hidden_fees"}, set()),
        ("insurance didnt cover the water damage", {"claim_trouble"}, {"claim_paid"}),
        ("The app crashes every time I open it", {"app", "app_failure"}, {"fees"}),
        ("Cant log in, the code never arrives", {"login_trouble"}, {"claims"}),
        ("Forgot my password and the reset does not work", {"login_trouble"}, set()),
        ("Had to upload my passport three times and it got rejected", {"identity_check"}, set()),
        ("Verification still pending after two weeks", {"identity_check"}, set()),
        ("My transfer has not arrived since Monday", {"transfers", "payment_failed"}, {"fees"}),
        ("Where is my money???", {"payment_failed"}, set()),
        ("My card was declined at the supermarket", {"cards", "card_refused"}, set()),
        ("New card still hasn't come", {"card_refused"}, set()),
        ("You blocked my account without warning", {"account_blocked"}, {"app"}),
        ("My account is frozen and I can't pay my rent", {"account_blocked"}, set()),
        ("Monthly fee went up again", {"fees", "hidden_fees"}, set()),
        ("Hidden charges everywhere", {"hidden_fees"}, set()),
        ("The interest rate on my savings is pathetic", {"interest"}, set()),
        ("Got our mortgage approved in days, great broker", {"loans"}, {"fraud"}),
        ("Nice people in the branch", {"branch"}, {"hotline_wait"}),
        ("They closed our local branch, the nearest is 20 miles away", {"branch_access"}, set()),
        ("Opening hours are useless if you work", {"branch_access"}, set()),
        ("My adviser explained everything", {"advice"}, set()),
        ("Pushed me into a fund I did not want", {"advice"}, set()),
        ("So much paperwork, they lost my form twice", {"paperwork"}, set()),
        ("Claim denied after three months", {"claims", "claim_trouble"}, {"claim_paid"}),
        ("They refuse to pay out", {"claim_trouble"}, set()),
        ("Claim was paid within two days", {"claims", "claim_paid"}, {"claim_trouble"}),
        ("Premium doubled at renewal", {"premiums", "premium_increase"}, set()),
        ("Loyal customers pay more, new customers get better deals", {"premium_increase"}, set()),
        ("Tried to cancel my policy, impossible", {"cancelling"}, set()),
        ("Someone drained my savings, fraud team useless", {"fraud"}, set()),
        ("I feel my money is safe here", {"security"}, {"fraud"}),
        ("An hour on hold, then hung up", {"hotline_wait"}, set()),
        ("Passed from one department to another", {"hotline_wait"}, set()),
        ("The hotline was friendly", {"hotline"}, {"hotline_wait"}),
        ("Opening an account was easy", {"easy_account"}, {"cancelling"}),
        ("Unauthorised transactions on my card", {"fraud"}, set()),
        ("Double debit for the same bill, refund please", {"payment_failed"}, set()),
        ("ATM swallowed my card", {"card_refused"}, set()),
        ("Direct debits work fine", {"transfers"}, {"payment_failed"}),
        ("Online banking down again", {"app", "app_failure"}, set()),
        ("I have been with this bank for ten years", set(), {"app", "fees", "branch", "hotline"}),
        ("We walked along the river and had a picnic", set(), {"app", "fees", "transfers", "cards", "security"}),
        ("My daughter works in insurance", set(), {"claims", "premiums"}),
        ("The weather was lovely today", set(), {"app", "fees", "interest"}),
    ],
)
def test_themes_a_reader_would_name(text: str, expected: set[str], unwanted: set[str]) -> None:
    found = {hit.theme.removeprefix("banking.") for hit in find_themes(text, [PACK])}

    assert expected <= found
    assert not unwanted & found
