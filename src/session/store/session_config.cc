#include "session/store/session_config.h"

#include "base/bytes.h"

namespace nacre {
namespace {

constexpr uint64_t kVersion = 1;

template <class F>
void each_limit(Limits& l, F f) {
  f(l.wall_ms), f(l.steps), f(l.memory_bytes), f(l.script_bytes), f(l.nesting), f(l.processes), f(l.fds), f(l.pipe_bytes), f(l.file_bytes), f(l.inodes),
      f(l.output_bytes);
}

}  // namespace

std::string not_kept(const Config& c) {
  if (!c.commands.empty()) return "custom commands";
  if (c.host) return "a host of one's own";
  if (c.seed || c.virtual_clock) return "a seed or virtual clock";
  if (c.network && !c.network->headers.empty()) return "injected headers (their secrets would be stored)";
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
    for (const auto* list : {&c.network->allow_urls, &c.network->allow_methods}) {
      w.number(list->size());
      for (const std::string& s : *list) w.text(s);
    }
    w.number(c.network->allow_private);
    w.number(c.network->allow_insecure);
    w.number(c.network->max_response_bytes);
    w.number(c.network->max_ms);
  }
  return w.take();
}

bool decode_config(std::string_view bytes, Config* out) {
  ByteReader r(bytes);
  if (r.number() != kVersion) return false;
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
    for (auto* list : {&p.allow_urls, &p.allow_methods}) {
      list->clear();
      for (uint64_t n = r.number(); n > 0 && r.good(); n--) list->emplace_back(r.text());
    }
    p.allow_private = r.number();
    p.allow_insecure = r.number();
    p.max_response_bytes = r.number();
    p.max_ms = r.number();
    out->network = std::move(p);
  }
  return r.good();
}

}  // namespace nacre
