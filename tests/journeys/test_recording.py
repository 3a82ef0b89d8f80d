"""Recording a contact, with a clock and a tap counter."""

from __future__ import annotations

import re
from random import Random

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import Visit, Worker

pytestmark = pytest.mark.journey

BAG = re.compile("Injecting, 10")


def record_usual_bag(worker: Worker) -> None:
    """From the open page to "Saved"."""
    worker.open("/record/")
    worker.taps = 0
    worker.tap(worker.page.get_by_role("button", name=BAG))
    worker.tap(worker.button("Save"))
    expect(worker.saved_note).to_be_visible()


@pytest.mark.once
def test_the_usual_bag_takes_three_taps_at_most(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    record_usual_bag(worker)
    assert worker.taps <= 3
    expect(worker.saved_note).to_contain_text("Saved: 10 × Syringe 1 mL, 29G ½ in")
    worker.look()


def test_a_contact_is_on_todays_list_is_undone_and_another_corrected(visit: Visit, screen: str) -> None:
    worker = visit("lou", screen=screen)
    page = worker.page
    record_usual_bag(worker)
    worker.tap(page.get_by_role("link", name="Today").locator("visible=true").first)
    first = page.locator("li.contact").first
    expect(first).to_contain_text("10 × Syringe 1 mL")
    worker.look()
    worker.tap(first.get_by_role("button", name="Undo"))
    expect(page.locator(".toast")).to_contain_text("Undone")
    expect(first).to_contain_text("Undone")
    record_usual_bag(worker)
    worker.open("/today/")
    worker.tap(page.locator("li.contact").first.locator("a.contact-link"))
    expect(page).to_have_url(re.compile("/contacts/[^/]+/$"))
    worker.look()
    worker.tap(page.get_by_role("link", name="Correct"))
    expect(page).to_have_url(re.compile("/correct/$"))
    worker.look()
    page.get_by_role("spinbutton", name=re.compile("^Syringe 1 mL, 29G ½ in")).fill("25")
    worker.tap(worker.button("Save"))
    expect(page.locator("li.contact").first).to_contain_text("25 × Syringe 1 mL")


@pytest.mark.once
def test_a_mixed_bag_is_found_by_searching(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    page = worker.open("/record/")
    search = page.get_by_label("Find an item")
    search.fill("narcan")
    row = page.locator("#item-list > li", has_text="Naloxone nasal 4 mg")
    worker.tap(row.get_by_role("button", name=re.compile("One more")))
    search.fill("papel alum")
    page.locator("#item-list > li", has_text="Foil sheet").get_by_role("spinbutton").fill("5")
    search.fill("no such thing")
    expect(page.locator(".finder output")).to_have_text("Nothing matches. Try fewer letters.")
    expect(row).to_be_visible()
    worker.look()
    search.fill("")
    expect(page.locator("[data-chosen]")).to_have_text(
        re.compile("1 × Naloxone nasal 4 mg.*5 × Foil sheet|5 × Foil.*1 × Nal")
    )
    worker.tap(worker.button("Save"))
    expect(worker.saved_note).to_contain_text("5 × Foil sheet")
    expect(worker.saved_note).to_contain_text("1 × Naloxone nasal 4 mg")


@pytest.mark.once
def test_a_reversal_whose_doses_nobody_knows_takes_three_taps(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    page = worker.open("/record/")
    reversal = page.locator("details.reversal")
    worker.tap(reversal.locator("summary"))
    worker.tap(reversal.get_by_role("group", name="Doses used").get_by_role("radio", name="Don't know"))
    worker.tap(worker.button("Save"))
    expect(worker.saved_note).to_contain_text("Overdose reversed, doses not known")
    assert worker.taps <= 3


@pytest.mark.once
def test_every_part_of_the_form_opened_has_nothing_in_the_way(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    page = worker.open("/record/")
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    page.get_by_role("button", name="Show the whole list").click()
    worker.look()


@pytest.mark.once
def test_an_answer_can_be_taken_back(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    page = worker.open("/record/")
    reversal = page.locator("details.reversal")
    worker.tap(reversal.locator("summary"))
    two = reversal.get_by_role("group", name="Doses used").get_by_role("radio", name="2")
    worker.tap(two)
    expect(two).to_be_checked()
    worker.tap(two)
    expect(two).not_to_be_checked()
    two.focus()
    page.keyboard.press("Space")
    expect(two).to_be_checked()
    page.keyboard.press("Space")
    expect(two).not_to_be_checked()


@pytest.mark.once
def test_twelve_people_get_six_kits_each(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    page = worker.open("/record/")
    page.get_by_label("Find an item").fill("bubble pipe kit")
    page.get_by_role("spinbutton", name=re.compile("^Bubble pipe kit")).fill("6")
    worker.tap(page.get_by_text("Who, how many, when"))
    page.get_by_role("spinbutton", name="People in this entry").fill("12")
    worker.tap(page.get_by_label("The amounts are for each of them"))
    worker.tap(worker.button("Save"))
    expect(worker.saved_note).to_contain_text("6 × Bubble pipe kit")
    page.goto("/today/")
    expect(page.locator("li.contact").first).to_contain_text("12 people")


@pytest.mark.once
def test_syringes_back_are_estimated_by_container(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    page = worker.open("/record/")
    worker.tap(page.get_by_text("Estimate by container"))
    for _half in range(3):
        worker.tap(page.get_by_role("button", name=re.compile("One more.*1 quart")))
    worker.tap(worker.button("Save"))
    expect(worker.saved_note).to_contain_text("1.5 containers back (estimated)")


@pytest.mark.once
def test_enter_saves_and_never_adds_a_bag(visit: Visit) -> None:
    page = visit().open("/record/")
    page.get_by_label("Find an item").fill("foil")
    quantity = page.get_by_role("spinbutton", name=re.compile("^Foil sheet"))
    quantity.fill("3")
    quantity.press("Enter")
    expect(page.locator(".saved-note")).to_contain_text("Saved: 3 × Foil sheet")


def test_two_taps_on_save_are_one_contact(visit: Visit) -> None:
    worker = visit("ray")
    page = worker.open("/record/")
    page.get_by_label("Find an item").fill("lighter")
    unlike_any_other = str(Random().randint(1000, 99_999))
    page.get_by_role("spinbutton", name=re.compile("^Lighter")).fill(unlike_any_other)
    worker.button("Save").dblclick()
    expect(worker.saved_note).to_be_visible()
    page.goto("/today/")
    expect(page.locator("li.contact", has_text=f"{unlike_any_other} × Lighter")).to_have_count(1)


@pytest.mark.once
def test_a_fault_keeps_what_was_entered_and_leads_to_its_field(visit: Visit, screen: str) -> None:
    worker = visit(screen=screen)
    page = worker.open("/record/")
    page.get_by_label("Find an item").fill("foil")
    page.get_by_role("spinbutton", name=re.compile("^Foil sheet")).fill("3")
    worker.tap(page.get_by_text("Who, how many, when"))
    page.get_by_label("Day", exact=True).fill("2001-01-01")
    page.get_by_role("spinbutton", name="People in this entry").fill("0")
    worker.tap(worker.button("Save"))
    expect(page.get_by_role("alert")).to_contain_text("Nothing you entered is lost")
    expect(page.get_by_role("spinbutton", name=re.compile("^Foil sheet"))).to_have_value("3")
    worker.look()
    worker.tap(page.get_by_role("alert").get_by_role("link").first)
    expect(page.get_by_role("spinbutton", name="People in this entry")).to_be_in_viewport()


def without_script(visit: Visit, screen: str) -> Page:
    return visit("ines", screen=screen, javascript=False).open("/record/")


def test_the_whole_of_it_without_script(visit: Visit, screen: str) -> None:
    page = without_script(visit, screen)
    foil = page.get_by_role("spinbutton", name=re.compile("^Foil sheet"))
    save = page.get_by_role("button", name="Save", exact=True).last
    mine = page.locator("li.contact", has_text="Inés Marrero")
    page.get_by_role("button", name=re.compile("^Smoking")).click()
    expect(foil).to_have_value("10")
    foil.fill("4")
    save.click()
    expect(page.locator(".saved-note")).to_contain_text("4 × Foil sheet")
    page.get_by_role("button", name=re.compile("Same as last")).click()
    expect(foil).to_have_value("4")
    page.goto("/today/")
    mine.first.locator("a.contact-link").click()
    page.get_by_role("link", name="Correct").click()
    foil.fill("8")
    save.click()
    expect(mine.first).to_contain_text("8 × Foil sheet")
    mine.first.get_by_role("button", name="Undo").click()
    expect(mine.first).to_contain_text("Undone")


@pytest.mark.once
def test_a_fault_without_script_keeps_what_was_entered(visit: Visit, screen: str) -> None:
    page = without_script(visit, screen)
    page.get_by_role("spinbutton", name=re.compile("^Foil sheet")).fill("-4")
    page.get_by_role("spinbutton", name=re.compile("^Lighter")).fill("2")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("from 0 to 100000")
    expect(page.get_by_role("spinbutton", name=re.compile("^Lighter"))).to_have_value("2")
    expect(page.get_by_role("spinbutton", name=re.compile("^Foil sheet"))).to_have_value("-4")
