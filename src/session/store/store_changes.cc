// What a run changed, as parts of the session's layer. The cost follows the number of changed inodes, names
// and chunks: a page, a bucket of a large directory or a part of a chunk list is written whole.
#include <algorithm>
#include <map>
#include <set>

#include "algo/digest.h"
#include "session/store/stored_fs.h"
#include "vfs/lower_dir.h"

namespace nacre {
namespace {

constexpr uint64_t kChunk = Chunk::kSize;

class Changes {
 public:
  Changes(const std::shared_ptr<Layers>& layers, int number, MemFs& fs, StoredFs* stored)
      : shared_(layers), layers_(*layers), number_(number), fs_(fs), stored_(stored) {}

  /// The bytes of the host that a stored file refers to, into the store.
  bool own(NodeId id) {
    Page& records = page(id);
    auto at = records.find(id);
    NodeRecord r;
    if (at == records.end() || !r.decode(id, at->second)) return false;
    store_content(r, id, [&](uint64_t offset, std::span<char> out) { return fs_.read(id, offset, out); });
    records[id] = r.encode();
    return good_ && write_page(id / kIdsPerPage, records) && layers_.db().good();
  }

  /// The same for a host file as the session first saw it, while the host still has that one.
  bool own_seen(NodeId id) {
    std::string bytes;
    NodeRecord r;
    if (!layers_.read(number_, PartKind::Seen, id, 0, &bytes) || !r.decode(id, bytes) || !r.host) return false;
    HostBytes same = *r.host;
    same.pinned = true;   // of another file reads fail
    Ref<Source> host = fs_.host_bytes(same);
    if (!host) return false;
    store_content(r, seen_content(id), [&](uint64_t offset, std::span<char> out) { return host->read(offset, out); });
    return good_ && layers_.write(number_, PartKind::Seen, id, 0, r.encode());
  }

  bool write(const MemFs::State* before, const MemFs::State& after) {
    fs_.each_change(before, after, [&](NodeId id, const Inode*, const Inode* is) {
      if (is && is->nlink) kept_.insert(id);
    });
    fs_.each_change(before, after, [&](NodeId id, const Inode* was, const Inode* is) {
      if (good_ && layers_.db().good()) change(id, was, is && is->nlink ? is : nullptr);
    });
    StateHeader h = fs_.header(after);
    if (stored_) host_end_ = stored_->host_end();
    write_places();
    for (auto& [page, records] : pages_) good_ = good_ && write_page(page, records);
    ByteWriter w;
    for (uint64_t n : {h.root, h.next, h.bytes, h.links, host_end_}) w.number(n);
    good_ = good_ && layers_.write(number_, PartKind::Header, 0, 0, w.bytes());
    return good_ && layers_.db().good();
  }

 private:
  using Page = std::map<uint64_t, std::string>;

  /// The page as the store has it now.
  Page& page(NodeId id) {
    auto [at, fresh] = pages_.try_emplace(id / kIdsPerPage);
    if (!fresh) return at->second;
    std::string bytes;
    RecordPage records;
    if (layers_.read(number_, PartKind::Inodes, id / kIdsPerPage, 0, &bytes)) {
      good_ = good_ && decode_page(bytes, records);
      for (auto& [key, record] : records) at->second.emplace(key, std::move(record));
    }
    return at->second;
  }

  bool write_page(uint64_t number, const Page& records) {
    RecordPage out(records.begin(), records.end());
    return layers_.write(number_, PartKind::Inodes, number, 0, encode_page(out));
  }

  /// Makes a record one that has all of its content in the store. `key`: of its parts.
  void store_content(NodeRecord& r, NodeId key, const std::function<Result<size_t>(uint64_t, std::span<char>)>& read) {
    StoredSource stored(shared_, number_, key, r, nullptr);
    std::vector<ChunkRef> refs;
    const uint64_t count = (r.size + kChunk - 1) / kChunk;
    const bool in_parts = count > kRefsInRecord;
    for (uint64_t i = 0; i < count && good_; i++) {
      ChunkRef ref = stored.ref(i);
      if (!ref.row && i * kChunk < r.host_end) ref = store(read_all(read, i * kChunk, std::min(kChunk, r.size - i * kChunk)));
      refs.push_back(ref);
      if (in_parts && (refs.size() == kRefsPerPart || i + 1 == count)) {
        write_refs(key, i / kRefsPerPart, refs);
        refs.clear();
      }
    }
    r.ref_count = count;
    r.refs = std::move(refs);
    r.host.reset();
    r.host_end = 0;
  }

  void change(NodeId id, const Inode* was, const Inode* is) {
    Page& records = page(id);
    auto old_bytes = records.find(id);
    NodeRecord old;
    const bool known = old_bytes != records.end() && old.decode(id, old_bytes->second);
    if (!is) {
      if (known && old.inode.is_dir()) gone_with(id);
      if (known && (old.level > 0 || old.ref_count > kRefsInRecord)) {
        layers_.drop(number_, PartKind::Names, id);
        layers_.drop(number_, PartKind::Chunks, id);
      }
      records.erase(id);
      return;
    }
    NodeRecord now;
    now.inode = *is;
    if (is->is_dir()) directory(now, *is, was, known ? &old : nullptr);
    else if (const FileData* f = is->file()) file(now, id, *f, was ? was->file() : nullptr, known ? &old : nullptr);
    if (is->id & 1) {
      keep_seen(is->id);
      need_place(is->id);
    }
    records[id] = now.encode();
  }

  // ---- the host as the session saw it

  /// What a change is told against, and whether the host changed meanwhile: written once, with the first change.
  void keep_seen(NodeId id) {
    std::string there;
    if (!seen_.insert(id).second || layers_.read(number_, PartKind::Seen, id, 0, &there)) return;
    const Inode* host = fs_.host_node(id);
    if (!host) return;
    NodeRecord r;
    r.inode = *host;
    if (host->is_dir()) {
      r.name_count = host->links().size();
      host->links().for_each([&](const Link& l) { need_place(l.node()); });
    } else if (const FileData* f = host->file(); f && f->source()) {
      r.host.emplace();
      r.size = r.host_end = f->size();
      if (!f->source()->origin(&*r.host)) return;
    }
    need_place(id);
    good_ = good_ && layers_.write(number_, PartKind::Seen, id, 0, r.encode());
  }

  /// A node left its directory. What went with it, and is not elsewhere now, was the host's perhaps.
  void gone(NodeId id) {
    std::vector<NodeId> more{id};
    while (!more.empty()) {
      const NodeId now = more.back();
      more.pop_back();
      if (kept_.count(now) || seen_.count(now)) continue;
      if (now & 1) keep_seen(now);
      const Inode* d = nullptr;
      if (stored_ && stored_->inode(now)) {
        auto listed = stored_->directory(now);
        d = listed ? *listed : nullptr;
      } else if (now & 1) {
        d = fs_.host_node(now);
      }
      if (d && d->is_dir()) d->links().for_each([&](const Link& l) { more.push_back(l.node()); });
    }
  }
  void gone_with(NodeId directory) {
    if (auto d = stored_ ? stored_->directory(directory) : Errno::STALE) (*d)->links().for_each([&](const Link& l) { gone(l.node()); });
  }

  // ---- directories

  void directory(NodeRecord& now, const Inode& is, const Inode* was, const NodeRecord* old) {
    now.name_count = is.links().size();
    for (uint64_t most = kNamesInRecord; now.name_count > most; most *= 64) now.level++;
    const LinkMap none;
    const LinkMap* before = was ? &was->links() : nullptr;
    if (!before && old && stored_) {
      if (auto d = stored_->directory(is.id)) before = &(*d)->links();
    }
    const Inode* host = !before && (is.id & 1) ? fs_.host_node(is.id) : nullptr;
    if (before || host) {
      LinkMap::diff(before ? *before : host->links(), is.links(), [&](const Link* a, const Link* b) {
        if (a && (!b || b->node() != a->node())) gone(a->node());
      });
    }
    std::set<uint64_t> buckets;
    const int shift = 64 - 6 * now.level;
    LinkMap::diff(before ? *before : none, is.links(), [&](const Link* a, const Link* b) {
      if (b && (b->node() & 1)) need_place(b->node());
      if (now.level) buckets.insert(hash_bytes((a ? a : b)->name.view()) >> shift);
    });
    if (!old || old->level != now.level) {
      layers_.drop(number_, PartKind::Names, is.id);
      if (now.level)
        for (uint64_t b = 0; b < 1ull << (6 * now.level); b++) buckets.insert(b);
    }
    if (now.level == 0 || buckets.empty()) return;
    std::map<uint64_t, std::vector<Link>> names;
    for (uint64_t b : buckets) names[b];
    is.links().for_each([&](const Link& l) {
      if (auto at = names.find(hash_bytes(l.name.view()) >> shift); at != names.end()) at->second.push_back(l);
    });
    for (const auto& [bucket, links] : names) {
      ByteWriter w;
      encode_links(w, links);
      layers_.write(number_, PartKind::Names, is.id, static_cast<uint64_t>(now.level) << 24 | bucket, w.bytes());
    }
  }

  // ---- files

  void file(NodeRecord& now, NodeId id, const FileData& f, const FileData* was, const NodeRecord* old) {
    now.size = f.size();
    now.counted = f.held();
    const auto* from = dynamic_cast<StoredSource*>(f.source());
    HostBytes host;
    if (from && from->host_end()) {
      now.host = from->host();
      now.host_end = std::min(from->host_end(), f.source_end());
    } else if (f.source() && f.source()->origin(&host)) {
      now.host = std::move(host);
      now.host_end = f.source_end();
    }
    const bool hosts = f.source() && !from && now.host;
    now.ref_count = (f.size() + kChunk - 1) / kChunk;
    std::optional<StoredSource> before;
    if (old) before.emplace(shared_, number_, id, *old, nullptr);
    const bool in_parts = now.ref_count > kRefsInRecord;
    std::vector<ChunkRef> refs;
    for (uint64_t i = 0; i < now.ref_count; i++) {
      ChunkRef r;
      const Chunk* c = f.chunk(i);
      if (c && was && was->chunk(i) == c && before) r = before->ref(i);
      else if (c) r = store({c->data(), c->length});
      else if (i * kChunk < f.source_end() && from) r = from->ref(i);
      else if (i * kChunk < f.source_end() && !hosts) r = store_read(f, i);
      refs.push_back(r);
      if (in_parts && (refs.size() == kRefsPerPart || i + 1 == now.ref_count)) {
        write_refs(id, i / kRefsPerPart, refs);
        refs.clear();
      }
    }
    if (!in_parts) now.refs = std::move(refs);
    if (old && old->ref_count > kRefsInRecord && !in_parts) layers_.drop(number_, PartKind::Chunks, id);
  }

  /// Only where it is another than what is there.
  void write_refs(NodeId id, uint64_t part, const std::vector<ChunkRef>& refs) {
    ByteWriter w;
    for (const ChunkRef& r : refs) encode_ref(w, r);
    std::string there;
    if (layers_.read(number_, PartKind::Chunks, id, part, &there) && there == w.bytes()) return;
    layers_.write(number_, PartKind::Chunks, id, part, w.bytes());
  }

  /// A chunk that only a callback can give.
  ChunkRef store_read(const FileData& f, uint64_t index) {
    std::string bytes(static_cast<size_t>(std::min(kChunk, f.size() - index * kChunk)), '\0');
    auto n = f.read(index * kChunk, bytes);
    if (!n || *n != bytes.size()) {
      good_ = false;
      return {};
    }
    return store(bytes);
  }

  std::string read_all(const std::function<Result<size_t>(uint64_t, std::span<char>)>& read, uint64_t offset, uint64_t size) {
    std::string bytes(static_cast<size_t>(size), '\0');
    for (size_t have = 0; have < bytes.size();) {
      auto n = read(offset + have, std::span(bytes).subspan(have));
      good_ = n && *n > 0;
      if (!good_) return {};
      have += *n;
    }
    return bytes;
  }

  ChunkRef store(std::string_view bytes) {
    if (bytes.empty()) return {};
    auto digest = Digest::make("blake2b", 256);
    digest->update(bytes);
    const std::string hash = digest->finish();
    ChunkRef r;
    r.length = static_cast<uint32_t>(bytes.size());
    {
      auto q = layers_.db().query("SELECT id FROM chunk WHERE hash=?");
      q << std::string_view(hash);
      if (q.step()) {
        r.row = static_cast<uint64_t>(q.integer(0));
        return r;
      }
    }
    auto q = layers_.db().query("INSERT INTO chunk(hash, data) VALUES(?,?)");
    q << std::string_view(hash) << bytes;
    if (layers_.db().run(q)) r.row = static_cast<uint64_t>(layers_.db().last_id());
    return r;
  }

  // ---- places of host nodes

  void need_place(NodeId id) { needed_.insert(id); }

  void write_places() {
    std::map<uint64_t, std::map<uint64_t, HostPlace>> pages;
    auto at = [&](NodeId id) -> HostPlace& {
      auto [page, unread] = pages.try_emplace(id / kPlacesPerPage);
      if (unread) {
        std::string bytes;
        RecordPage records;
        if (layers_.read(number_, PartKind::Places, id / kPlacesPerPage, 0, &bytes)) {
          good_ = good_ && decode_page(bytes, records);
          for (auto& [key, record] : records) good_ = good_ && decode_place(record, page->second[key]);
        }
      }
      return page->second[id];
    };
    std::set<NodeId> all;
    for (NodeId id : needed_)
      for (NodeId now = id; all.insert(now).second && now != LowerDir::kRoot;) now = fs_.host_place(now).parent;
    for (NodeId id : all) {
      HostPlace here = fs_.host_place(id);
      host_end_ = std::max<NodeId>(host_end_, id + 2);
      HostPlace& place = at(id);
      place.parent = here.parent;
      place.name = here.name;
      place.type = here.type;
      if (id != LowerDir::kRoot) at(here.parent).children.put(Link(here.name.view(), id, here.type));
    }
    if (needed_.empty()) return;
    for (const auto& [number, places] : pages) {
      RecordPage out;
      for (const auto& [id, place] : places) out.emplace_back(id, encode_place(place));
      layers_.write(number_, PartKind::Places, number, 0, encode_page(out));
    }
  }

  std::shared_ptr<Layers> shared_;
  Layers& layers_;
  int number_;
  MemFs& fs_;
  StoredFs* stored_;
  std::map<uint64_t, Page> pages_;
  std::set<NodeId> needed_;   // whose places are stored
  std::set<NodeId> kept_;     // that changed and are still there
  std::set<NodeId> seen_;
  NodeId host_end_ = 1;
  bool good_ = true;
};

}  // namespace

bool store_changes(const std::shared_ptr<Layers>& layers, int number, MemFs& fs, const MemFs::State* before, const MemFs::State& after, StoredFs* stored) {
  return Changes(layers, number, fs, stored).write(before, after);
}

bool store_host_bytes(const std::shared_ptr<Layers>& layers, int number, MemFs& fs, NodeId file) { return Changes(layers, number, fs, nullptr).own(file); }

bool store_seen_bytes(const std::shared_ptr<Layers>& layers, int number, MemFs& fs, NodeId file) { return Changes(layers, number, fs, nullptr).own_seen(file); }

}  // namespace nacre
