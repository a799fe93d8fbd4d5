#include "session/store/stored_fs.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace nacre {

namespace {
constexpr uint64_t kChunk = Chunk::kSize;
}

std::shared_ptr<StoredFs> StoredFs::open(std::shared_ptr<Layers> layers, int fs) {
  std::string bytes;
  if (!layers->read(fs, PartKind::Header, 0, 0, &bytes)) return nullptr;
  std::shared_ptr<StoredFs> out(new StoredFs(std::move(layers), fs));
  ByteReader r(bytes);
  out->header_.root = r.number();
  out->header_.next = r.number();
  out->header_.bytes = r.number();
  out->header_.links = r.number();
  out->host_end_ = r.number();
  return r.good() ? out : nullptr;
}

NodeId StoredFs::host_end_in(std::string_view header) {
  ByteReader r(header);
  for (int i = 0; i < 4; i++) r.number();
  return r.number();
}

NodeId StoredFs::ids_end_in(std::string_view header) {
  ByteReader r(header);
  r.number();   // the root
  return std::max<NodeId>(r.number(), host_end_in(header));
}

std::string StoredFs::with_host_end(std::string_view header, NodeId end) {
  ByteReader r(header);
  ByteWriter w;
  for (int i = 0; i < 4; i++) w.number(r.number());
  w.number(end);
  return std::string(w.bytes());
}

StoredFs::Node* StoredFs::node(NodeId id) {
  auto [page, fresh] = pages_.try_emplace(id / kIdsPerPage);
  if (fresh) {
    std::string bytes;
    RecordPage records;
    if (layers_->read(fs_, PartKind::Inodes, id / kIdsPerPage, 0, &bytes) && decode_page(bytes, records)) {
      for (auto& [at, record] : records) {
        Node n;
        if (n.record.decode(at, record)) page->second.emplace(at, std::move(n));
      }
    }
  }
  auto found = page->second.find(id);
  return found == page->second.end() ? nullptr : &found->second;
}

const Inode* StoredFs::inode(NodeId id) {
  if (id >= header_.next && id >= host_end_) return nullptr;
  Node* n = node(id);
  if (!n) return nullptr;
  if (!n->inode) {
    n->inode = make_ref<Inode>(n->record.inode);
    if (n->record.inode.type == FileType::Regular) {
      Ref<Source> host = n->record.host && host_bytes_ ? host_bytes_(*n->record.host) : nullptr;
      n->inode->data = FileData(Ref<Source>(new StoredSource(layers_, fs_, id, n->record, std::move(host))));
    }
    if (n->record.level == 0) n->listed = n->inode;
  }
  return n->listed ? n->listed.get() : n->inode.get();
}

Result<const Inode*> StoredFs::directory(NodeId id) {
  const Inode* d = inode(id);
  if (!d) return Errno::STALE;
  if (!d->is_dir()) return Errno::NOTDIR;
  Node* n = node(id);
  if (n->listed) return static_cast<const Inode*>(n->listed.get());
  const uint64_t level = static_cast<uint64_t>(n->record.level);
  LinkMap links;
  for (const auto& [part, bytes] : layers_->read_range(fs_, PartKind::Names, id, level << 24, (level + 1) << 24)) {
    ByteReader r(bytes);
    if (!decode_links(r, links)) return Errno::IO;
  }
  if (links.size() != n->record.name_count) return Errno::IO;
  n->listed = make_ref<Inode>(*n->inode);
  n->listed->data = std::move(links);
  return static_cast<const Inode*>(n->listed.get());
}

void StoredFs::each_directory(const std::function<void(NodeId)>& f) {
  each_record([&](NodeId id, const NodeRecord& r) {
    if (r.inode.is_dir()) f(id);
  });
}

void StoredFs::each_record(const std::function<void(NodeId, const NodeRecord&)>& f) {
  std::set<uint64_t> pages;
  for (int64_t layer : layers_->chain()) {
    auto q = layers_->db().query("SELECT key FROM part WHERE layer=? AND fs=? AND kind=1");
    q << layer << fs_;
    while (q.step()) pages.insert(static_cast<uint64_t>(q.integer(0)));
  }
  for (uint64_t page : pages) {
    node(page * kIdsPerPage);   // reads it
    for (const auto& [id, n] : pages_[page]) f(id, n.record);   // f may read other pages, and this one's records stay
  }
}

const HostPlace* StoredFs::place(NodeId id) {
  if (id >= host_end_) return nullptr;
  auto [page, fresh] = places_.try_emplace(id / kPlacesPerPage);
  if (fresh) {
    std::string bytes;
    RecordPage records;
    if (layers_->read(fs_, PartKind::Places, id / kPlacesPerPage, 0, &bytes) && decode_page(bytes, records)) {
      for (auto& [at, record] : records) {
        HostPlace p;
        if (decode_place(record, p)) page->second.emplace(at, std::move(p));
      }
    }
  }
  auto found = page->second.find(id);
  return found == page->second.end() ? nullptr : &found->second;
}

// ---------------------------------------------------------------- content

StoredSource::StoredSource(std::shared_ptr<Layers> layers, int fs, NodeId id, const NodeRecord& record, Ref<Source> host)
    : layers_(std::move(layers)),
      fs_(fs),
      id_(id),
      size_(record.size),
      counted_(record.counted),
      ref_count_(record.ref_count),
      refs_(record.refs),
      host_(std::move(host)),
      host_at_(record.host),
      host_end_(record.host_end) {}

ChunkRef StoredSource::ref(uint64_t index) const {
  if (index >= ref_count_) return {};
  if (ref_count_ <= kRefsInRecord) return refs_[index];
  auto [part, fresh] = parts_.try_emplace(index / kRefsPerPart);
  if (fresh) {
    std::string bytes;
    if (layers_->read(fs_, PartKind::Chunks, id_, index / kRefsPerPart, &bytes)) {
      ByteReader r(bytes);
      while (!r.at_end()) part->second.push_back(decode_ref(r));
    }
  }
  const size_t at = index % kRefsPerPart;
  return at < part->second.size() ? part->second[at] : ChunkRef{};
}

uint64_t StoredSource::counted(uint64_t index) const {
  const uint64_t n = ref(index).length;   // as FileData charges for a chunk
  return index == 0 || n == 0 ? n : std::max<uint64_t>(n, 4096);
}

Result<const std::string*> StoredSource::load(uint64_t index, const ChunkRef& r) {
  if (held_index_ == index) return static_cast<const std::string*>(&held_);
  auto q = layers_->db().query("SELECT data FROM chunk WHERE id=?");
  q << r.row;
  if (!q.step()) return Errno::IO;
  held_.assign(q.blob(0));
  if (held_.size() != r.length) {
    held_index_ = UINT64_MAX;
    return Errno::IO;
  }
  held_index_ = index;
  return static_cast<const std::string*>(&held_);
}

Result<size_t> StoredSource::read(uint64_t offset, std::span<char> out) {
  if (offset >= size_) return size_t{0};
  const size_t total = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - offset));
  for (size_t done = 0; done < total;) {
    const uint64_t at = offset + done, index = at / kChunk;
    const size_t from = at % kChunk, n = std::min<size_t>(total - done, kChunk - from);
    char* to = out.data() + done;
    size_t have = 0;
    if (ChunkRef r = ref(index); r.row) {
      NACRE_TRY(const std::string* bytes, load(index, r));
      have = bytes->size() > from ? bytes->copy(to, n, from) : 0;
    } else if (at < host_end_) {
      if (!host_) return Errno::IO;
      const size_t want = static_cast<size_t>(std::min<uint64_t>(n, host_end_ - at));
      while (have < want) {
        NACRE_TRY(size_t more, host_->read(at + have, {to + have, want - have}));
        if (more == 0) return done + have ? Result<size_t>(done + have) : Errno::IO;
        have += more;
      }
    }
    std::memset(to + have, 0, n - have);
    done += n;
  }
  return total;
}

}  // namespace nacre
