#include "session/store/layers.h"

#include <map>

#include "base/bytes.h"

namespace nacre {
namespace {
constexpr int kMostMounts = 1 << 16;   // numbers of one mount lie so far apart
}

Layers::Layers(Database& db, int64_t own) : db_(db) {
  while (own) {
    chain_.push_back(own);
    auto q = db_.query("SELECT parent FROM layer WHERE id=?");
    q << own;
    const int64_t parent = q.step() && !q.is_null(0) ? q.integer(0) : 0;
    own = parent < own ? parent : 0;   // a parent was there before; in a damaged store there may be a ring
  }
}

bool Layers::read(int fs, PartKind kind, uint64_t key, uint64_t part, std::string* out) const {
  for (int64_t layer : chain_) {
    auto q = db_.query("SELECT data FROM part WHERE layer=? AND fs=? AND kind=? AND key=? AND part=?");
    q << layer << fs << static_cast<int>(kind) << key << part;
    if (!q.step()) continue;
    out->assign(q.blob(0));
    return true;
  }
  return false;
}

std::vector<std::pair<uint64_t, std::string>> Layers::read_range(int fs, PartKind kind, uint64_t key, uint64_t first, uint64_t last) const {
  std::map<uint64_t, std::string> found;
  for (int64_t layer : chain_) {
    auto q = db_.query("SELECT part, data FROM part WHERE layer=? AND fs=? AND kind=? AND key=? AND part BETWEEN ? AND ?");
    q << layer << fs << static_cast<int>(kind) << key << first << last;
    while (q.step()) found.try_emplace(static_cast<uint64_t>(q.integer(0)), q.text_at(1));
  }
  return {std::make_move_iterator(found.begin()), std::make_move_iterator(found.end())};
}

int Layers::number(int mount) const {
  std::string bytes;
  if (mount == 0 || !read(mount, PartKind::FileSystem, 0, 0, &bytes)) return mount;
  ByteReader r(bytes);
  return static_cast<int>(r.number32());
}

bool Layers::begin_anew(int mount) {
  if (chain_.empty()) return false;
  const int old = number(mount);
  auto q = db_.query("DELETE FROM part WHERE layer=? AND fs=? AND kind<>?");
  q << chain_.front() << old << static_cast<int>(PartKind::FileSystem);
  ByteWriter w;
  w.number(static_cast<uint64_t>(old + kMostMounts));
  return db_.run(q) && write(mount, PartKind::FileSystem, 0, 0, w.bytes());
}

bool Layers::write(int fs, PartKind kind, uint64_t key, uint64_t part, std::string_view data) {
  if (chain_.empty()) return false;
  auto q = db_.query("INSERT OR REPLACE INTO part VALUES(?,?,?,?,?,?)");
  q << chain_.front() << fs << static_cast<int>(kind) << key << part << data;
  return db_.run(q);
}

bool Layers::drop(int fs, PartKind kind, uint64_t key) {
  if (chain_.empty()) return false;
  auto q = db_.query("DELETE FROM part WHERE layer=? AND fs=? AND kind=? AND key=?");
  q << chain_.front() << fs << static_cast<int>(kind) << key;
  return db_.run(q);
}

}  // namespace nacre
