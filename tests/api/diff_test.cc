// What a Result's diff says is enough to get from what was there to what is there.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <sstream>

#include "nacre/sandbox.h"

namespace nacre {
namespace {

using Listing = std::map<std::string, std::string>;  // path to type and content or target

Listing listing(Sandbox& s) {
  const ExecResult r = s.exec(R"(find . -mindepth 1 -printf '%p\t%y%l' \( -type f -exec cat {} \; , -printf '\n' \))");
  EXPECT_EQ(r.exit_code, 0) << r.err;
  Listing out;
  std::istringstream lines(r.out);
  for (std::string line; std::getline(lines, line);) {
    const size_t tab = line.find('\t');
    out["/home/agent" + line.substr(1, tab - 1)] = line.substr(tab + 1);
  }
  return out;
}

std::string random_script(std::mt19937& rng) {
  static constexpr const char* kNames[] = {"a", "b", "a/c", "a/c/d", "b/c", "e", "a/f", "b/f", "g"};
  auto name = [&] { return std::string(kNames[rng() % std::size(kNames)]); };
  std::string script;
  for (size_t n = 2 + rng() % 8; n > 0; --n) {
    const std::string x = name(), y = name();
    switch (rng() % 7) {
      case 0: script += "printf " + std::to_string(rng() % 4) + " > " + x; break;
      case 1: script += "rm -rf " + x; break;
      case 2: script += "mkdir -p " + x; break;
      case 3: script += "ln -sfn " + std::to_string(rng() % 2) + " " + x; break;
      default: script += "mv -T " + x + " " + y; break;
    }
    script += " 2>/dev/null\n";
  }
  return script + ":";
}

// A path of before, as the renamings leave it.
std::string moved(const Diff& diff, const std::string& path) {
  const std::pair<std::string, std::string>* best = nullptr;
  for (const auto& r : diff.renamed)
    if ((path == r.first || path.starts_with(r.first + "/")) && (!best || r.first.size() > best->first.size())) best = &r;
  return best ? best->second + path.substr(best->first.size()) : path;
}

TEST(DiffOfARun, LeadsFromWhatWasToWhatIs) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::mt19937 rng(seed);
    auto made = Sandbox::create({});
    ASSERT_TRUE(static_cast<bool>(made));
    Sandbox& s = **made;
    const std::string first = random_script(rng) + "\n" + random_script(rng);
    s.exec(first);
    const Listing was = listing(s);
    const std::string second = random_script(rng);
    const Diff diff = s.exec(second).diff;
    const Listing now = listing(s);

    Listing told;
    const std::set<std::string> deleted(diff.deleted.begin(), diff.deleted.end());
    for (const auto& [path, what] : was)
      if (!deleted.count(path)) told[moved(diff, path)] = what;
    for (const auto* list : {&diff.created, &diff.modified})
      for (const std::string& path : *list)
        if (now.count(path)) told[path] = now.at(path);
    EXPECT_EQ(told, now) << "seed " << seed << "\n" << first << "\n--\n" << second;
    // And nothing that did not happen.
    for (const std::string& path : diff.created) EXPECT_TRUE(now.count(path) && !was.count(path)) << seed << " created " << path;
    for (const std::string& path : diff.deleted) EXPECT_TRUE(was.count(path) && !now.count(path)) << seed << " deleted " << path;
    for (const std::string& path : diff.modified) EXPECT_TRUE(now.count(path)) << seed << " modified " << path;
    for (const auto& r : diff.renamed)
      EXPECT_TRUE(was.count(r.first) && !now.count(r.first) && now.count(r.second)) << seed << " renamed " << r.first << " to " << r.second;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace nacre
