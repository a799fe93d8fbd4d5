#include "vfs/persist_map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "vfs/inode.h"

namespace nacre {
namespace {

struct Number {
  uint64_t key, value;
};
struct NumberTraits {
  using Entry = Number;
  using Key = uint64_t;
  static constexpr bool kHashed = false;
  static uint64_t path(Key k) { return k; }
  static Key key(const Number& n) { return n.key; }
  static bool equal(const Number& a, const Number& b) { return a.value == b.value; }
};
/// Few distinct hashes, so that lists at the bottom happen.
struct CollidingTraits : LinkTraits {
  static uint64_t path(Key k) { return hash_bytes(k) % 3 * 0x9e3779b97f4a7c15ull; }
};

template <class Map, class Model>
void check_diff(const Map& a, const Map& b, const Model& ma, const Model& mb) {
  size_t expected = 0, seen = 0;
  for (auto& [k, v] : ma) {
    auto at = mb.find(k);
    expected += at == mb.end() || at->second != v;
  }
  for (auto& [k, v] : mb) expected += !ma.count(k);
  Map::diff(a, b, [&](const auto* x, const auto* y) {
    ++seen;
    ASSERT_TRUE(x || y);
  });
  EXPECT_EQ(seen, expected);
}

template <class Traits, class MakeKey, class MakeEntry, class Value>
void random_walk(uint32_t seed, MakeKey make_key, MakeEntry make_entry, Value value_of) {
  std::mt19937 rng(seed);
  using Model = std::map<decltype(make_key(0)), uint64_t>;
  PersistMap<Traits> map, snap;
  Model model, snap_model;
  for (int step = 0; step < 6000; ++step) {
    auto key = make_key(rng() % 700);
    switch (rng() % 5) {
      case 0:
      case 1: {
        uint64_t v = rng() % 1000;
        map.put(make_entry(key, v));
        model[key] = v;
        break;
      }
      case 2: EXPECT_EQ(map.erase(key), model.erase(key) == 1); break;
      case 3: {
        auto* e = map.find(key);
        auto at = model.find(key);
        ASSERT_EQ(e != nullptr, at != model.end());
        if (e) {
          EXPECT_EQ(value_of(*e), at->second);
        }
        break;
      }
      case 4:
        if (rng() % 200 == 0) {
          snap = map;
          snap_model = model;
        }
        if (rng() % 400 == 0) {
          map = snap;
          model = snap_model;
        }
        break;
    }
    ASSERT_EQ(map.size(), model.size());
    if (step % 500 == 0) {
      check_diff(snap, map, snap_model, model);
      check_diff(map, snap, model, snap_model);
      size_t n = 0;
      snap.for_each([&](const auto&) { ++n; });
      EXPECT_EQ(n, snap_model.size());
    }
  }
  while (!model.empty()) {
    ASSERT_TRUE(map.erase(model.begin()->first));
    model.erase(model.begin());
  }
  EXPECT_EQ(map.node_bytes(), 0u);
  for (auto& [k, v] : snap_model) ASSERT_EQ(value_of(*snap.find(k)), v);
}

TEST(PersistMap, NumbersLikeAStdMap) {
  for (uint64_t stride : {1ull, 64ull, 4097ull, 0x3fffffffffffffull})
    random_walk<NumberTraits>(
        1, [&](uint32_t i) { return i * stride; }, [](uint64_t k, uint64_t v) { return Number{k, v}; }, [](const Number& n) { return n.value; });
}

std::string long_or_short(uint32_t i) { return (i % 3 ? "n" : std::string(30, 'x')) + std::to_string(i); }

TEST(PersistMap, NamesLikeAStdMap) {
  auto entry = [](const std::string& k, uint64_t v) { return Link(k, v, FileType::Regular); };
  auto value = [](const Link& l) { return l.node(); };
  random_walk<LinkTraits>(2, long_or_short, entry, value);
  random_walk<CollidingTraits>(3, long_or_short, entry, value);
}

TEST(PersistMap, NumbersComeInOrder) {
  PersistMap<NumberTraits> map;
  for (uint64_t k : {70000ull, 3ull, 64ull, 5ull, 1ull << 40, 63ull}) map.put({k, k});
  std::vector<uint64_t> keys;
  map.for_each([&](const Number& n) { keys.push_back(n.key); });
  EXPECT_EQ(keys, (std::vector<uint64_t>{3, 5, 63, 64, 70000, 1ull << 40}));
}

TEST(PersistMap, SmallMapsAreSmall) {
  LinkMap map;
  map.put(Link("a", 1, FileType::Regular));
  EXPECT_LE(map.node_bytes(), 64u);
}

}  // namespace
}  // namespace nacre
