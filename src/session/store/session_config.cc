#include "session/store/session_config.h"

#include "base/bytes.h"

namespace nacre {
namespace {

constexpr uint64_t kVersion = 3;   // 1: without what follows the network; 2: without shown_bytes

template <class F>
void each_limit(Limits& l, F f) {
  f(l.wall_ms), f(l.steps), f(l.memory_bytes), f(l.script_bytes), f(l.nesting), f(l.processes), f(l.fds), f(l.pipe_bytes), f(l.file_bytes), f(l.inodes),
      f(l.output_bytes);
}

void put_list(ByteWriter& w, const std::vector<std::string>& list) {
  w.number(list.size());
  for (const std::string& s : list) w.text(s);
}

std::vector<std::string> get_list(ByteReader& r) {
  std::vector<std::string> out;
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) out.emplace_back(r.text());
  return out;
}

}  // namespace

std::string not_kept(const Config& c) {
  if (!c.commands.empty()) return "custom commands";
  if (c.host) return "a host of one's own";
  for (const Mount& m : c.mounts)
    if (m.dir) return "the file system of the embedder's own at " + m.guest;
  if (c.seed || c.virtual_clock) return "a seed or virtual clock";
  if (c.network) {
    for (const HeaderInjection& h : c.network->headers)
      if (h.from.empty()) return "the injected header " + h.name + " (its secret would be stored)";
  }
  return "";
}

std::string encode_config(const Config& c) {
  ByteWriter w;
  w.number(kVersion);
  w.number(c.mounts.size());
  for (const Mount& m : c.mounts) {
    w.text(m.host);
    w.text(m.guest);
    w.number(static_cast<uint64_t>(m.mode));
  }
  w.number(c.env.size());
  for (const auto& [name, value] : c.env) {
    w.text(name);
    w.text(value);
  }
  w.text(c.hostname);
  Limits l = c.limits;
  each_limit(l, [&](auto& field) { w.number(field); });
  w.number(c.network.has_value());
  if (c.network) {
    put_list(w, c.network->allow_urls);
    put_list(w, c.network->allow_methods);
    w.number(c.network->allow_private);
    w.number(c.network->allow_insecure);
    w.number(c.network->max_response_bytes);
    w.number(c.network->max_ms);
    w.number(c.network->headers.size());
    for (const HeaderInjection& h : c.network->headers) {
      w.text(h.url_prefix);
      w.text(h.name);
      w.text(h.from);   // never the value
    }
  }
  for (const Mount& m : c.mounts) w.number(m.max_file_bytes);
  w.number(c.allow_commands.has_value());
  if (c.allow_commands) put_list(w, *c.allow_commands);
  put_list(w, c.deny_commands);
  w.text(c.preset);
  w.number(c.limits.shown_bytes);
  return w.take();
}

bool decode_config(std::string_view bytes, Config* out) {
  ByteReader r(bytes);
  const uint64_t version = r.number();
  if (version < 1 || version > kVersion) return false;
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) {
    Mount m;
    m.host = r.text();
    m.guest = r.text();
    const uint64_t mode = r.number();
    if (mode > static_cast<uint64_t>(Mount::Mode::ReadWrite)) return false;
    m.mode = static_cast<Mount::Mode>(mode);
    out->mounts.push_back(std::move(m));
  }
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) {
    std::string name(r.text());
    out->env.emplace_back(std::move(name), r.text());
  }
  out->hostname = r.text();
  each_limit(out->limits, [&](auto& field) { field = static_cast<std::remove_reference_t<decltype(field)>>(r.number()); });
  if (r.number()) {
    NetworkPolicy p;
    p.allow_urls = get_list(r);
    p.allow_methods = get_list(r);
    p.allow_private = r.number();
    p.allow_insecure = r.number();
    p.max_response_bytes = r.number();
    p.max_ms = r.number();
    for (uint64_t n = version > 1 ? r.number() : 0; n > 0 && r.good(); n--) {
      HeaderInjection h;
      h.url_prefix = r.text();
      h.name = r.text();
      h.from = r.text();
      p.headers.push_back(std::move(h));
    }
    out->network = std::move(p);
  }
  if (version > 1) {
    for (Mount& m : out->mounts) m.max_file_bytes = r.number();
    if (r.number()) out->allow_commands = get_list(r);
    out->deny_commands = get_list(r);
    out->preset = r.text();
  }
  if (version > 2) out->limits.shown_bytes = r.number();
  return r.good();
}

}  // namespace nacre
