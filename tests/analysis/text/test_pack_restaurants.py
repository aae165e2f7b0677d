"""The pack of restaurants and hotels: what guests write, and the themes a person would give it. All invented."""

import pytest

from analysis.text.themes import PACKS_FOLDER, Tone, find_themes, load_pack

PACK = load_pack(PACKS_FOLDER / "restaurants.yaml")

BROAD = [
    "food",
    "drinks",
    "service",
    "price",
    "ambience",
    "portions",
    "menu_choice",
    "cleanliness",
    "location",
    "waiting",
    "reservation",
    "room",
    "bed_sleep",
    "breakfast",
    "wifi",
    "facilities",
    "check_in_out",
    "booking",
    "place_overall",
]
# The text, the themes that must be found, and those that must not.
Case = tuple[str, set[str], set[str]]

LOOKED_AT: list[Case] = [
    ("The carbonara was creamy and the tiramisu just melts", {"food"}, {"price", "service"}),
    ("Delicious dumplings!", {"delicious", "food"}, {"service"}),
    ("my steak arrived cold", {"cold_food", "food"}, set()),
    ("I had the duck, my wife the lamb chops, both cooked to perfection", {"food"}, set()),
    ("everything tasted like cardboard, bland and salty at once", {"bad_taste", "food"}, set()),
    ("chicken was raw in the middle", {"badly_cooked", "food"}, set()),
    ("My burger was burnt and dry as dust", {"badly_cooked", "food"}, set()),
    ("not the best sushi in town", {"food"}, set()),
    ("I didn't care for the soup", {"food"}, set()),
    ("My husband got food poisoning from the mussels", {"food", "ill_after_food"}, set()),
    ("The menu is limited, two dishes for vegetarians", {"food", "menu_choice"}, set()),
    ("great selection of cheeses", {"food", "menu_choice"}, set()),
    ("Cocktails are weak and watery", {"drinks"}, set()),
    ("excellent wine list, knowledgeable bartender makes a mean martini", {"drinks"}, {"price"}),
    ("best espresso outside of Italy", {"drinks"}, set()),
    ("portions are tiny", {"food", "portions", "small_portions"}, set()),
    ("huge portions, we took half of it home", {"portions"}, {"small_portions"}),
    ("lots of food for little money", {"food", "portions", "price"}, set()),
    ("Our waiter was attentive without hovering", {"service"}, {"food"}),
    ("the hostess was rude and the manager even worse", {"rude_staff", "service"}, set()),
    ("we waited 50 minutes for our starters", {"service", "slow_service", "waiting"}, set()),
    ("took forever to get the check", {"service", "slow_service"}, set()),
    ("nobody came to our table for twenty minutes", {"ignored", "service"}, set()),
    ("they brought the wrong order twice", {"service", "wrong_order"}, set()),
    ("Friendly staff, prompt service", {"service"}, {"rude_staff"}),
    ("the girl behind the counter couldn't be bothered to say hello", {"rude_staff", "service"}, set()),
    ("way overpriced for what you get", {"overpriced", "price"}, set()),
    ("Very reasonable prices", {"price"}, {"overpriced"}),
    ("you can eat well here for under 20 bucks", {"price"}, set()),
    ("not worth the money", {"overpriced", "price"}, set()),
    ("they added a service charge without telling us", {"hidden_fees", "price"}, set()),
    ("the lunch special is a steal", {"price"}, set()),
    ("the dining room is dark and romantic, candles everywhere", {"ambience"}, set()),
    ("so loud that we had to shout at each other", {"ambience", "noise"}, set()),
    ("Lovely atmosphere, soft jazz in the background", {"ambience"}, {"noise"}),
    ("tables are jammed together, you sit in your neighbour's lap", {"ambience", "crowded"}, set()),
    ("nice view over the river from the terrace", {"ambience"}, set()),
    ("decor looks like it hasn't changed since the 70s", {"ambience"}, set()),
    ("Best restaurant in the neighborhood!", {"place_overall"}, {"food", "service"}),
    ("I highly recommend this place", {"place_overall"}, set()),
    ("we'll be back", {"place_overall"}, set()),
    ("I will never set foot in there again", {"place_overall"}, set()),
    ("my favorite spot for a first date", {"place_overall"}, set()),
    ("This is a hidden gem", {"place_overall"}, set()),
    ("We've been coming here for years and it never disappoints", {"place_overall"}, set()),
    ("Great location, right next to the subway", {"location", "place_overall"}, set()),
    ("good food, good service, good vibe", {"ambience", "food", "service"}, set()),
    ("the pizza is cheap but the service is lousy", {"food", "price", "service"}, {"ambience"}),
    ("tasty noodles, indifferent waitresses", {"food", "service"}, set()),
    ("we had a reservation for 8 and were seated at 9", {"reservation"}, set()),
    ("they lost our booking and sent us away", {"reservation"}, set()),
    ("sticky tables and a filthy bathroom", {"cleanliness", "dirty_place"}, set()),
    ("found a hair in my salad", {"cleanliness", "dirty_place"}, set()),
    ("the delivery guy was an hour late and the fries were soggy", {"delivery"}, set()),
    ("Our room was tiny and smelled of smoke", {"room"}, {"food"}),
    ("hair in the shower and stains on the sheets", {"cleanliness", "dirty_room", "room"}, set()),
    ("the mattress was so soft I woke up with a bad back", {"bed_sleep"}, set()),
    ("slept like a baby in that king size bed", {"bed_sleep"}, set()),
    ("thin walls, we heard every word from next door", {"noise"}, set()),
    ("the breakfast buffet had everything from eggs to smoked salmon", {"breakfast"}, set()),
    ("wifi kept dropping in our room", {"wifi"}, set()),
    ("pool closed, gym the size of a closet", {"facilities"}, set()),
    ("parking costs 30 a night extra", {"facilities"}, set()),
    ("The AC rattled and there was no hot water", {"room_faults"}, set()),
    ("we could not check in before 5pm", {"check_in_out"}, set()),
    ("late checkout was no problem at all", {"check_in_out"}, set()),
    ("the rate on the website was not the one they charged at the desk", {"booking"}, set()),
    ("a resort fee that nobody mentioned when we booked", {"hidden_fees", "price"}, set()),
    ("there were roaches in the bathroom", {"bugs"}, set()),
    ("upgraded to a suite with a balcony, gorgeous", {"room"}, set()),
    ("Front desk went out of their way for us", {"service"}, set()),
    ("looks nothing like the photos online", {"not_as_pictured"}, set()),
    ("My brother lives two streets away", set(), {"ambience", "food", "place_overall", "price", "service"}),
    ("We talked about the election the whole evening", set(), {"ambience", "food", "price", "room", "service"}),
]

# Kept aside until the phrases stood.
UNSEEN: list[Case] = [
    ("The ribs fall off the bone", {"food"}, {"service"}),
    ("fish was fresh and perfectly seasoned", {"food"}, set()),
    ("the curry had no flavor whatsoever", {"bad_taste", "food"}, set()),
    ("overcooked pasta swimming in oil", {"badly_cooked", "food"}, set()),
    ("By the time it reached the table everything was lukewarm", {"cold_food", "food"}, set()),
    ("never had better tacos", {"food"}, set()),
    ("yummy pancakes", {"delicious", "food"}, set()),
    ("The food here is rather good, but only if you like to wait for it", {"food"}, set()),
    ("I've had better bagels at a gas station", {"food"}, set()),
    ("both of us were sick all night after the oysters", {"food", "ill_after_food"}, set()),
    ("they had run out of half the things on the menu", {"food", "menu_choice"}, set()),
    ("dessert was to die for", {"food"}, set()),
    ("try the crab cakes and the rose roll", {"food"}, set()),
    ("They serve warm beer in plastic cups", {"drinks"}, set()),
    ("The sangria is dangerously good", {"drinks"}, set()),
    ("coffee was bitter", {"drinks"}, set()),
    ("three ravioli on a huge plate, I left hungry", {"food", "portions", "small_portions"}, set()),
    ("Big helpings, nobody leaves hungry", {"food", "portions"}, set()),
    ("Our server Tom made the evening", {"service"}, set()),
    ("had to ask three times for water, then for the bill", {"service", "slow_service"}, set()),
    ("they were rushing us out, very unpleasant people", {"rude_staff", "service"}, set()),
    ("we were ignored for half an hour and left", {"ignored", "service"}, set()),
    ("I ordered medium rare and got well done", {"service", "wrong_order"}, set()),
    ("the owner came by and greeted everybody", {"service"}, {"rude_staff"}),
    ("very accommodating with our baby", {"service"}, set()),
    ("staff has an attitude problem", {"rude_staff", "service"}, set()),
    ("painfully slow", {"service", "slow_service"}, set()),
    ("18 for a plate of spaghetti is a joke", {"price"}, set()),
    ("won't break the bank", {"price"}, set()),
    ("good value", {"price"}, set()),
    ("A bit on the pricey side, yet worth every penny", {"price"}, set()),
    ("check your bill, they padded ours with things we never had", {"hidden_fees", "price"}, set()),
    ("prices have gone up again", {"price"}, set()),
    ("cozy little room with a fireplace", {"ambience"}, set()),
    ("the music was blasting, could not hear my wife", {"ambience", "noise"}, set()),
    ("small and cramped, always packed", {"ambience", "crowded"}, set()),
    ("sitting in the garden on a summer night is magic", {"ambience"}, set()),
    ("trendy crowd, low lights", {"ambience"}, set()),
    ("The place is beautiful inside", {"ambience"}, set()),
    ("a must visit", {"place_overall"}, set()),
    ("Don't waste your time here", {"place_overall"}, set()),
    ("we celebrated our anniversary there and had a wonderful evening", {"place_overall"}, set()),
    ("overall a great experience", {"place_overall"}, set()),
    ("I can't wait to go back", {"place_overall"}, set()),
    ("this place has gone downhill", {"place_overall"}, set()),
    ("Been here many times, always a pleasure", {"place_overall"}, set()),
    ("It's a bit out of the way yet easy to find", {"location", "place_overall"}, set()),
    ("the waiter recommended the trout and it was superb", {"food", "service"}, set()),
    ("Fair prices, honest cooking, plain interior", {"ambience", "food", "price"}, set()),
    ("mediocre food, slow waiters and a fat bill", {"food", "price", "service"}, set()),
    ("impossible to get a table on a weekend without booking ahead", {"reservation"}, set()),
    ("the wait for a table was over an hour", {"waiting"}, set()),
    ("spotless kitchen, everything was clean", {"cleanliness"}, {"dirty_place"}),
    ("cutlery was greasy and a fly was floating in my drink", {"cleanliness", "dirty_place"}, set()),
    ("ordered takeout and half of it was missing", {"delivery"}, set()),
    ("spacious rooms with modern furniture", {"room"}, set()),
    ("The carpet was stained and dust was everywhere", {"cleanliness", "dirty_room", "room"}, set()),
    ("pillows like bricks", {"bed_sleep"}, set()),
    ("street noise all night long", {"noise"}, set()),
    ("toilet did not flush and the shower leaked", {"room_faults"}, set()),
    ("Breakfast was cold and there were no clean cups", {"breakfast"}, set()),
    ("free internet, fast and stable", {"wifi"}, set()),
    ("lovely spa and a heated pool", {"facilities"}, set()),
    ("no elevator, we carried our bags up four floors", {"facilities"}, set()),
    ("checking in took ages, one clerk for twenty guests", {"check_in_out"}, set()),
    ("we booked a double and got two singles", {"booking"}, set()),
    ("bed bugs. need I say more", {"bugs"}, set()),
    ("They kept our deposit and charged for the minibar we never touched", {"hidden_fees"}, set()),
    ("our window looked on a brick wall", {"room"}, set()),
    ("The receptionist was very helpful", {"service"}, set()),
    ("within walking distance of the old town", {"location"}, set()),
    ("nothing like the pictures on the website", {"not_as_pictured"}, set()),
    ("I read the paper while my phone charged", set(), {"ambience", "food", "price", "service"}),
    ("It rained all weekend", set(), {"ambience", "food", "place_overall", "price", "room", "service"}),
]


def named(text: str) -> set[str]:
    return {hit.theme.removeprefix("restaurants.") for hit in find_themes(text, [PACK])}


@pytest.mark.parametrize(("text", "expected", "absent"), LOOKED_AT + UNSEEN)
def test_what_a_comment_is_about(text: str, expected: set[str], absent: set[str]) -> None:
    found = named(text)
    assert expected <= found
    assert not absent & found


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("The food was not good", "delicious"),
        ("The staff was not friendly", "friendly_staff"),
        ("The service was not bad at all", "rude_staff"),
        ("Service isn't slow", "slow_service"),
        ("Prices are not high", "overpriced"),
        ("The portions are not small", "small_portions"),
        ("The room was not dirty", "dirty_room"),
        ("It was never noisy", "noise"),
        ("Breakfast wasn't cold", "cold_food"),
    ],
)
def test_what_is_denied_is_no_theme(text: str, theme: str) -> None:
    assert theme not in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "The printer is on the second floor",
        "My sister studies biology",
        "There is a restaurant on the second floor",
        "We had a meeting at the restaurant",
        "The train goes to Hamburg",
        "Three people came to the talk",
        "The battery is empty",
        "He fixed my bicycle",
    ],
)
def test_other_talk_has_no_theme(text: str) -> None:
    assert not named(text)


def test_the_themes_named_here_exist() -> None:
    known = {theme.removeprefix("restaurants.") for theme in PACK.themes}
    for _, expected, absent in LOOKED_AT + UNSEEN:
        assert expected | absent <= known


def test_the_broad_aspects_take_praise_and_pain() -> None:
    assert all(PACK.themes[f"restaurants.{theme}"].tone is Tone.EITHER for theme in BROAD)
    assert set(Tone) == {theme.tone for theme in PACK.themes.values()}
