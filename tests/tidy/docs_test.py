"""The documents hold what the program does: examples are the files that tests run."""
import pathlib
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Documents(unittest.TestCase):
    def test_harness_page_shows_the_example_that_tests_run(self):
        example = (ROOT / "docs/examples/harness_example.cpp").read_text()
        code = example[example.index("#include"):]
        self.assertIn(code, (ROOT / "docs/harness.md").read_text())

    def test_notifications_page_has_every_event(self):
        import re
        names = re.findall(r'^  \{"([^"]+)", "([^"]+)", "[^"]+"\},$', (ROOT / "messages/notifications.cpp").read_text(), re.M)
        self.assertGreater(len(names), 10)
        rows = re.findall(r"^\| [^|]+ \| ([A-Z][^|]+) \| `(\w+)` \|", (ROOT / "docs/notifications.md").read_text(), re.M)
        self.assertEqual(names, rows)

    def test_links_between_documents_lead_somewhere(self):
        import re
        for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
            for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
                self.assertTrue((page.parent / link).exists(), f"{page.name}: {link}")


if __name__ == "__main__":
    unittest.main()
