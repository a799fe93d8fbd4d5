#include "session/store/node_record.h"

namespace nacre {
namespace {

bool decode_name(ByteReader& in, Name& out) {
  std::string_view s = in.text();
  if (s.size() > 255) return false;
  out = s.empty() ? Name() : Name(s);
  return in.good();
}
bool is_type(uint64_t n) { return n <= static_cast<uint64_t>(FileType::Socket); }

}  // namespace

void encode_links(ByteWriter& out, const std::vector<Link>& links) {
  out.number(links.size());
  for (const Link& l : links) {
    out.text(l.name.view());
    out.number(l.packed);
  }
}

bool decode_links(ByteReader& in, LinkMap& out) {
  for (uint64_t n = in.number(); n > 0 && in.good(); n--) {
    Name name;
    if (!decode_name(in, name) || name.view().empty()) return false;
    uint64_t packed = in.number();
    if (!is_type(packed & 7)) return false;
    out.put(Link(name.view(), packed >> 3, static_cast<FileType>(packed & 7)));
  }
  return in.good();
}

void encode_ref(ByteWriter& out, const ChunkRef& ref) {
  out.number(ref.row);
  if (ref.row) out.number(ref.length);
}
ChunkRef decode_ref(ByteReader& in) {
  ChunkRef r;
  r.row = in.number();
  if (r.row) r.length = in.number32();
  return r;
}

std::string NodeRecord::encode() const {
  ByteWriter w;
  w.number(static_cast<uint64_t>(inode.type));
  w.number(inode.mode);
  w.number(inode.uid);
  w.number(inode.gid);
  w.number(inode.nlink);
  w.number(inode.parent);
  w.text(inode.name.view());
  for (const Timespec* t : {&inode.atime, &inode.mtime, &inode.ctime, &inode.btime}) w.time(*t);
  if (inode.type == FileType::Regular) {
    w.number(size);
    w.number(counted);
    w.number(ref_count);
    if (ref_count <= kRefsInRecord)
      for (const ChunkRef& r : refs) encode_ref(w, r);
    w.number(host_end);
    if (host_end) {
      w.text(host->path);
      w.number(host->size);
      w.time(host->mtime);
      w.number(host->pinned);
    }
  } else if (inode.is_dir()) {
    w.number(static_cast<uint64_t>(level));
    w.number(name_count);
    if (level == 0) {
      std::vector<Link> all;
      inode.links().for_each([&](const Link& l) { all.push_back(l); });
      encode_links(w, all);
    }
  } else if (inode.type == FileType::Symlink) {
    w.text(inode.target());
  } else {
    const auto& d = std::get<Device>(inode.data);
    w.number(d.major);
    w.number(d.minor);
  }
  return w.take();
}

bool NodeRecord::decode(NodeId id, std::string_view bytes) {
  ByteReader r(bytes);
  uint64_t type = r.number();
  if (!is_type(type)) return false;
  inode.id = id;
  inode.type = static_cast<FileType>(type);
  inode.mode = static_cast<uint16_t>(r.number());
  inode.uid = r.number32();
  inode.gid = r.number32();
  inode.nlink = r.number32();
  inode.parent = r.number();
  if (!decode_name(r, inode.name)) return false;
  for (Timespec* t : {&inode.atime, &inode.mtime, &inode.ctime, &inode.btime}) *t = r.time();
  if (inode.type == FileType::Regular) {
    size = r.number();
    counted = r.number();
    ref_count = r.number();
    if (ref_count <= kRefsInRecord)
      for (uint64_t i = 0; i < ref_count && r.good(); i++) refs.push_back(decode_ref(r));
    host_end = r.number();
    if (host_end) {
      host.emplace();
      host->path = r.text();
      host->size = r.number();
      host->mtime = r.time();
      host->pinned = r.number();
    }
  } else if (inode.is_dir()) {
    LinkMap links;
    level = static_cast<int>(r.number());
    name_count = r.number();
    if (level < 0 || level > 3 || (level == 0 && !decode_links(r, links))) return false;
    inode.data = std::move(links);
  } else if (inode.type == FileType::Symlink) {
    inode.data.emplace<std::string>(r.text());
  } else {
    uint32_t major = r.number32();
    inode.data.emplace<Device>(Device{major, r.number32()});
  }
  return r.good();
}

std::string encode_page(const RecordPage& page) {
  ByteWriter w;
  for (const auto& [id, bytes] : page) {
    w.number(id);
    w.text(bytes);
  }
  return w.take();
}

bool decode_page(std::string_view bytes, RecordPage& out) {
  ByteReader r(bytes);
  while (!r.at_end()) {
    uint64_t id = r.number();
    out.emplace_back(id, r.text());
  }
  return r.good();
}

std::string encode_place(const HostPlace& p) {
  ByteWriter w;
  w.number(p.parent);
  w.text(p.name.view());
  w.number(static_cast<uint64_t>(p.type));
  std::vector<Link> all;
  p.children.for_each([&](const Link& l) { all.push_back(l); });
  encode_links(w, all);
  return w.take();
}

bool decode_place(std::string_view bytes, HostPlace& out) {
  ByteReader r(bytes);
  out.parent = r.number();
  if (!decode_name(r, out.name)) return false;
  uint64_t type = r.number();
  out.type = static_cast<FileType>(type);
  return is_type(type) && decode_links(r, out.children);
}

}  // namespace nacre
