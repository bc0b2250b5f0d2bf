// Random sightings, random pauses around the window's length and random crashes:
// the patterns in the ledger are those that a plain scan of all sightings finds.
// Prints the seed that failed.
#include "actors/manager/severity.hpp"

#include "tests/actors/correlator_fixture.hpp"

#include <random>
#include <set>

using namespace muster;
using namespace muster::test;

namespace {

struct plain_sighting {
  utc_time at{};  // never earlier than the one before of its key
  const correlate_sightings* report = nullptr;
  const key_sighting* what = nullptr;
};

// Scans the sightings of one key, each time from the first.
class plain_scan {
 public:
  plain_scan(const correlator_options& options, std::vector<plain_sighting> all)
    : rules_(options.rules), all_(std::move(all)) {
    if (all_.empty()) return;
    if (auto other = options.kinds.find(all_[0].what->kind); other != options.kinds.end())
      rules_.thresholds = other->second;
  }

  std::vector<pattern> patterns(utc_time now) {
    std::vector<pattern> found;
    size_t first = 0;  // sighting of the open pattern
    bool open = false;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (open && all_[i].at > all_[i - 1].at + rules_.window) {
        open = false;
        found.back().ended_at = all_[i - 1].at + rules_.window;
      }
      if (!open && within(i).size() >= rules_.thresholds.pattern_agents) {
        open = true;
        first = i;
        while (first > 0 && all_[first - 1].at + rules_.window >= all_[i].at) --first;
        found.emplace_back();
        found.back().opened_at = all_[i].at;
      }
      if (open) {
        const bool critical = found.back().critical || within(i).size() >= rules_.thresholds.critical_agents;
        found.back() = summed(first, i, found.back().opened_at, critical);
      }
    }
    if (open && now > all_.back().at + rules_.window) found.back().ended_at = all_.back().at + rules_.window;
    return found;
  }

 private:
  std::set<agent_id> within(size_t last) const {
    std::set<agent_id> agents;
    for (size_t i = 0; i <= last; ++i)
      if (all_[i].at + rules_.window >= all_[last].at) agents.insert(all_[i].report->reporter);
    return agents;
  }

  pattern summed(size_t first, size_t last, utc_time opened_at, bool critical) const {
    const auto& key = *all_[first].what;
    pattern whole;
    whole.tenant = all_[first].report->tenant;
    whole.kind = key.kind;
    whole.value = key.value;
    whole.id = make_pattern_id(opened_at, whole.tenant, whole.kind, whole.value);
    whole.opened_at = opened_at;
    whole.first_seen = all_[first].at;
    whole.last_seen = all_[last].at;
    whole.critical = critical;
    size_t gravest = severity_rank(critical ? "critical" : "medium");
    for (size_t i = first; i <= last; ++i) {
      const auto& [at, report, what] = all_[i];
      auto agent = std::find_if(whole.agents.begin(), whole.agents.end(),
                                [id = report->reporter](const auto& known) { return known.id == id; });
      if (agent == whole.agents.end())
        agent = whole.agents.insert(agent, pattern_agent{report->reporter, at, at, 0, true});
      agent->last_seen = at;
      agent->sightings += what->count;
      agent->trusted = report->trusted;
      whole.sightings += what->count;
      whole.last_report = std::max(whole.last_report, report->report);
      gravest = std::max(gravest, severity_rank(what->severity));
      for (const auto& technique : what->techniques)
        if (std::find(whole.techniques.begin(), whole.techniques.end(), technique) == whole.techniques.end())
          whole.techniques.push_back(technique);
    }
    whole.severity = severities[gravest];
    whole.agent_count = whole.agents.size();
    whole.trusted_count = static_cast<uint64_t>(
      std::count_if(whole.agents.begin(), whole.agents.end(), [](const auto& x) { return x.trusted; }));
    return whole;
  }

  pattern_options rules_;
  std::vector<plain_sighting> all_;
};

struct seeded_correlator : correlator_fixture {
  explicit seeded_correlator(uint64_t seed) : random(seed) {
    options.rules.window = 10s;
    options.rules.thresholds = {2, static_cast<uint32_t>(2 + random() % 3)};
    options.kinds["file_hash"] = {3, 4};
    options.late_reports = 50ms;
    options.under_way = 1 + random() % 8;
    start();
  }

  uint64_t below(uint64_t limit) { return random() % limit; }

  std::chrono::milliseconds pause() {
    switch (below(8)) {
      case 0: return options.rules.window;
      case 1: return options.rules.window + 1ms;
      case 2: return options.rules.window - 1ms;
      case 3: return std::chrono::milliseconds{below(12'000)};
      case 4: return 0ms;
      default: return std::chrono::milliseconds{below(2'500)};
    }
  }

  key_sighting random_key() {
    key_sighting key;
    key.kind = below(2) == 0 ? "source_ip" : "file_hash";
    key.value = below(3) == 0 ? "a" : "b";
    key.count = static_cast<uint32_t>(1 + below(3));
    key.severity = severities[below(severities.size())];
    for (uint64_t i = below(3); i > 0; --i) key.techniques.push_back("T" + std::to_string(below(6)));
    std::sort(key.techniques.begin(), key.techniques.end());
    key.techniques.erase(std::unique(key.techniques.begin(), key.techniques.end()), key.techniques.end());
    return key;
  }

  // Durable from now on. Some of them were received a little before the one that came before.
  const correlate_sightings& report() {
    std::vector<key_sighting> keys{random_key()};
    auto other = random_key();
    if (other.kind != keys[0].kind || other.value != keys[0].value) keys.push_back(std::move(other));
    durable.push_back(report_of(1 + below(5), std::move(keys)));
    durable.back().trusted = below(4) > 0;
    if (below(5) == 0) durable.back().at -= std::chrono::milliseconds{below(51)};
    return durable.back();
  }

  void step() {
    const auto dice = below(100);
    if (dice < 60) {
      see(report());
    } else if (dice < 94) {
      advance(pause());
    } else {
      if (dice < 97) report();  // the crash comes between its commit and its correlation
      crash();
      advance(std::chrono::milliseconds{below(4'000)});
      start({stored_open(), recent()});
    }
  }

  std::vector<correlate_sightings> recent() const {
    std::vector<correlate_sightings> last;
    for (const auto& one : durable)
      if (one.at >= utc() - 2 * options.rules.window - 1s) last.push_back(one);
    return last;
  }

  std::map<pattern_id, pattern> expected() const {
    std::map<std::pair<std::string, std::string>, std::vector<plain_sighting>> keys;
    for (const auto& one : durable)
      for (const auto& key : one.keys) {
        auto& all = keys[{key.kind, key.value}];
        all.push_back({all.empty() ? one.at : std::max(all.back().at, one.at), &one, &key});
      }
    std::map<pattern_id, pattern> patterns;
    for (auto& [key, all] : keys)
      for (auto& whole : plain_scan{options, std::move(all)}.patterns(utc() - options.late_reports))
        patterns.emplace(whole.id, std::move(whole));
    return patterns;
  }

  // Compares what is settled: growth is written a little later.
  void check() {
    advance(1'100ms);
    const auto wanted = expected(), got = stored();
    BOOST_TEST(got.size() == wanted.size());
    for (const auto& [id, whole] : wanted) {
      const auto found = got.find(id);
      BOOST_TEST_REQUIRE((found != got.end()), "no " << to_string(id) << " of " << whole.value);
      BOOST_TEST_REQUIRE((found->second == whole), to_string(id)
                                                     << ": " << caf::deep_to_string(found->second)
                                                     << " but wanted " << caf::deep_to_string(whole));
    }
  }

  // Each pattern is told of once, and of its end too.
  void check_news() {
    std::map<std::pair<pattern_id, pattern_step>, int> times;
    for (const auto& change : *heard) ++times[{change.whole.id, change.step}];
    for (const auto& [id, whole] : stored()) {
      const auto opened = times[{id, pattern_step::opened}],
                 critical = times[{id, pattern_step::became_critical}];
      BOOST_TEST(opened <= 1);
      BOOST_TEST(critical == (whole.critical ? 1 : 0));
      BOOST_TEST(opened + critical >= 1);
      BOOST_TEST((times[{id, pattern_step::none}]) == 1);
    }
    const auto all = actions();
    BOOST_TEST(static_cast<size_t>(std::count(all.begin(), all.end(), "pattern.detected"))
               == stored().size());
    BOOST_TEST(static_cast<size_t>(std::count(all.begin(), all.end(), "pattern.ended")) == stored().size());
  }

  std::mt19937_64 random;
  std::deque<correlate_sightings> durable;  // in the order of their numbers
};

}  // namespace

BOOST_AUTO_TEST_SUITE(correlator_seeded_suite)

BOOST_AUTO_TEST_CASE(patterns_are_what_a_plain_scan_of_all_sightings_finds) {
  size_t patterns = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    BOOST_TEST_INFO_SCOPE("seed " << seed);
    seeded_correlator run{seed};
    for (int round = 0; round < 4; ++round) {
      for (int i = 0; i < 40; ++i) run.step();
      run.check();
    }
    run.advance(30s);
    run.check();
    run.check_news();
    BOOST_TEST(run.counts().windows == 0u);
    patterns += run.stored().size();
  }
  BOOST_TEST(patterns > 1'000u);
}

BOOST_AUTO_TEST_SUITE_END()
