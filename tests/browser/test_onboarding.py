"""A manager signs in and onboards a client; its administrator is invited and comes in."""

from playwright.sync_api import expect

from tests.browser.conftest import Desks
from tests.browser.processes import PASSWORD, Running


def test_manager_onboards_a_client_and_its_administrator_comes_in(running: Running, desks: Desks) -> None:
    email = running.give_password(running.house.manager)
    clara = desks()
    clara.open("/")
    clara.titled("Sign in")
    clara.fill(email=email, password=PASSWORD)
    clara.press("Sign in")
    clara.titled("ngagements")
    clara.follow("Onboard a client")
    clara.fill(client_name="Brandt Möbel", currency="CHF", fiscal_year_start="July")
    clara.page.get_by_text("Cost programme", exact=False).first.click()
    clara.fill(administrator_name="Ada Admin", administrator_email="ada@brandt.example")
    clara.press("Make the instance")
    clara.titled("Onboarding Brandt Möbel")
    clara.sees("Brandt Möbel is ready")
    clara.follow("Open the instance")
    expect(clara.page).to_have_url(f"{running.address}/clients/brandt-mobel/")

    ada = desks()
    ada.open(running.invitation("ada@brandt.example").removeprefix(running.address))
    ada.titled("Welcome")
    ada.fill(name="Ada Brandt", password=PASSWORD, again=PASSWORD)
    ada.press("Set password and sign in")
    expect(ada.page).to_have_url(f"{running.address}/clients/brandt-mobel/")
    expect(ada.page.get_by_role("banner")).to_contain_text("Ada Brandt")
