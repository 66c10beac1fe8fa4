"""What the doors need to answer anybody: made once by `api.app`, and kept in the application's state."""

import msgspec

from api.accounts.accounts import Accounts
from api.actions.service import ContactService
from api.actions.traffic import Traffic
from api.settings import Settings


class Services(msgspec.Struct, frozen=True):
    """What all connections and requests share."""

    contacts: ContactService
    accounts: Accounts
    traffic: Traffic
    settings: Settings
