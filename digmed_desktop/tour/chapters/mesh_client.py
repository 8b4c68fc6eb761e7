"""Through the MESH client: the same job over the folders of a service that another program serves."""

from collections.abc import Callable

from digmed_desktop.messaging.states import State
from digmed_desktop.tour.moves import Moves
from digmed_desktop.ui.context import PracticePatient
from digmed_desktop.ui.pages.practice_mode import PracticePage


class MeshClient:
    """Played in practice mode, whose simulated client stands between the program and its MESH."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window

    def through_folders(self) -> None:
        """A notification goes through the folders of a MESH client, waits while that is stopped, and is answered."""
        page = self._page()
        player = self.player
        player.click(page.client)
        player.wait_for("the client", lambda: "through its folders" in page.told.text())
        player.click(page.stopped)
        player.wait_for("the client to stop", lambda: "is stopped" in page.told.text())
        player.step("stopped the simulated MESH client", "is stopped", player.visible_text, "client-stopped")
        sent = self.moves.send_for(self._patient())
        self._see(sent, State.HANDED_OVER, "it lies in the client's folder", "With the MESH client")
        self._test_connection()
        page = self._page()
        player.click(page.stopped)
        player.wait_for("the client to run", lambda: "through its folders" in page.told.text())
        self._see(
            sent, State.MATCHED, "the client runs again: it is sent, and answered", "Matched to the patient"
        )
        self.moves.keep(self.moves.story(sent))

    def back_to_mesh(self) -> None:
        """Without the client again, once nothing is uncertain."""
        page = self._page()
        self.player.click(page.client)
        self.player.wait_for("MESH itself", lambda: "directly" in page.told.text())
        self.player.step("sent to MESH directly again", "directly", self.player.visible_text, "client-away")

    def chapters(self) -> tuple[Callable[[], None], ...]:
        """Return both in their order."""
        return self.through_folders, self.back_to_mesh

    def _test_connection(self) -> None:
        player = self.player
        self.moves.settings_section("Connection")
        player.click(player.button("Test the connection"))
        player.wait_for("the checks", lambda: "simulated MESH client" in player.visible_text())
        player.step("tested the connection", "simulated MESH client", player.visible_text, "client-tested")

    def _page(self) -> PracticePage:
        self.window.go("practice")
        page = self.window.page("practice")
        assert isinstance(page, PracticePage)  # noqa: S101  # the page of this place
        self.player.wait_for("practice mode's page", page.isVisible)
        page.reveal(page.client)
        return page

    def _patient(self) -> PracticePatient:
        return self.moves.matched_patients()[0]

    def _see(self, sent: int, state: State, did: str, words: str) -> None:
        self.player.wait_for(f"it to be {state.value}", lambda: self.moves.story(sent).row.state is state)
        self.window.open_story(sent)
        self.moves.see_story(sent)
        self.player.wait_for("the page to say so", lambda: words in self.player.visible_text())
        self.player.step(did, words, self.player.visible_text, f"client-{state.value}")
