#include "config/settings.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "config/values.h"

namespace nacre::config {
namespace {

// design.md, section 11: those that are not built yet are named, so that the message can say so.
constexpr std::string_view kBackend = "virtual", kOtherBackends[] = {"jail", "microvm"};

std::string check_backend(std::string_view name) {
  if (name == kBackend) return "";
  if (std::find(std::begin(kOtherBackends), std::end(kOtherBackends), name) != std::end(kOtherBackends))
    return "this build does not have the backend " + std::string(name) + "; it has 'virtual'";
  std::vector<std::string> known{std::string(kBackend)};
  return "no such backend" + suggestion(name, known);
}

struct LimitField {
  Id id;
  uint64_t Limits::* wide;
  uint32_t Limits::* narrow;
};
constexpr LimitField kLimits[] = {
    {Id::Memory, &Limits::memory_bytes, nullptr},      {Id::Timeout, &Limits::wall_ms, nullptr},      {Id::Steps, &Limits::steps, nullptr},
    {Id::OutputBytes, &Limits::output_bytes, nullptr}, {Id::FileBytes, &Limits::file_bytes, nullptr}, {Id::Inodes, &Limits::inodes, nullptr},
    {Id::ScriptBytes, &Limits::script_bytes, nullptr}, {Id::Processes, nullptr, &Limits::processes},  {Id::Fds, nullptr, &Limits::fds},
    {Id::PipeBytes, nullptr, &Limits::pipe_bytes},     {Id::Nesting, nullptr, &Limits::nesting},      {Id::ShownBytes, &Limits::shown_bytes, nullptr},
};

/// The items of one list on top of another's.
void join(Id id, std::vector<Item>& below, const std::vector<Item>& above) {
  for (const Item& item : above) {
    auto same = std::find_if(below.begin(), below.end(), [&](const Item& b) {
      if (id == Id::Mounts || id == Id::Files) return b.mount.guest == item.mount.guest;
      if (id == Id::Env) return b.name == item.name;
      if (id == Id::Headers) return b.name == item.name && b.url == item.url;
      return id != Id::Setup && b.text == item.text;
    });
    if (same == below.end()) below.push_back(item);
    else if (id == Id::Mounts || id == Id::Files || id == Id::Env || id == Id::Headers) *same = item;
  }
}

std::vector<std::string> words(const Value* v) {
  std::vector<std::string> out;
  if (v)
    for (const Item& i : v->items) out.push_back(i.text);
  return out;
}

}  // namespace

bool Item::operator==(const Item& o) const {
  return name == o.name && text == o.text && from == o.from && url == o.url && mount.host == o.mount.host && mount.guest == o.mount.guest &&
         mount.mode == o.mount.mode && mount.max_file_bytes == o.mount.max_file_bytes;
}

void Settings::add(Id id, Item item) {
  auto& value = values_[static_cast<size_t>(id)];
  if (!value) value = Value{.origin = item.origin};
  join(id, value->items, {std::move(item)});
}

std::string Settings::check_number(Id id, uint64_t n) {
  const bool narrow = std::any_of(std::begin(kLimits), std::end(kLimits), [&](const LimitField& f) { return f.id == id && f.narrow; });
  if (narrow && n > UINT32_MAX) return "too large; at most 4294967295";
  if (id == Id::RequestTimeout && n == 0) return "must be more than 0";
  return "";
}

std::string Settings::check_text(Id id, std::string_view text) {
  if (text.find('\0') != text.npos) return "has a NUL byte";
  if (id == Id::Backend) return check_backend(text);
  if (id == Id::Workdir && !text.starts_with('/')) return "must be an absolute path in the sandbox";
  return "";
}

std::string Settings::set_text(const Key& key, std::string_view text, const std::string& origin) {
  Value v{.origin = origin};
  switch (key.kind) {
    case Kind::Text:
      v.text = text;
      if (std::string wrong = check_text(key.id, text); !wrong.empty()) return wrong;
      break;
    case Kind::Size:
    case Kind::Count:
    case Kind::Milliseconds:
      if (text != "none" && !parse_size(text, &v.number)) return key.kind == Kind::Size ? "not a size; write 512k, 10M or 1G" : "not a whole number";
      break;
    case Kind::Duration:
      if (!parse_duration(text, &v.number)) return "not a duration; write 500ms, 30s, 5m, 1h or 2d";
      break;
    case Kind::Switch:
      v.number = text == "true" || text == "1";
      if (!v.number && text != "false" && text != "0") return "not true or false";
      break;
    default: return "cannot be given as a text";
  }
  if (std::string wrong = check_number(key.id, v.number); !wrong.empty()) return wrong;
  set(key.id, std::move(v));
  return "";
}

void Settings::put(const Settings& stronger) {
  for (size_t i = 0; i < kIds; i++) {
    const auto& above = stronger.values_[i];
    if (!above) continue;
    auto& below = values_[i];
    const Id id = static_cast<Id>(i);
    if (below && is_list(key_of(id).kind)) join(id, below->items, above->items);
    else below = above;
  }
}

void Settings::prefix_origins(const std::string& prefix) {
  for (auto& v : values_) {
    if (!v) continue;
    v->origin.insert(0, prefix);
    for (Item& i : v->items) i.origin.insert(0, prefix);
  }
}

Settings built_in() {
  const std::string origin = "built-in";
  Settings s;
  const Limits limits;
  const NetworkPolicy network;
  s.set(Id::Backend, {.text = std::string(kBackend), .origin = origin});
  s.set(Id::IdleTimeout, {.origin = origin});
  for (const LimitField& f : kLimits) s.set(f.id, {.number = f.wide ? limits.*f.wide : limits.*f.narrow, .origin = origin});
  for (const std::string& m : network.allow_methods) s.add(Id::AllowMethods, {.text = m, .origin = origin});
  s.set(Id::AllowPrivate, {.origin = origin});
  s.set(Id::AllowInsecure, {.origin = origin});
  s.set(Id::MaxResponse, {.number = network.max_response_bytes, .origin = origin});
  s.set(Id::RequestTimeout, {.number = network.max_ms, .origin = origin});
  return s;
}

Expected<Settings> from_environment(const Lookup& variable) {
  Settings s;
  for (const Key& key : all_keys()) {
    const std::string name = variable_of(key);
    const char* text = name.empty() ? nullptr : variable(name);
    if (!text || !*text) continue;
    if (key.kind != Kind::Words) {
      if (std::string wrong = s.set_text(key, text, name); !wrong.empty()) return Error{"config", name + "=" + text + ": " + wrong, ""};
      continue;
    }
    std::string_view rest = text;
    constexpr std::string_view kBlank = " \t\n";
    while ((rest.remove_prefix(std::min(rest.find_first_not_of(kBlank), rest.size()))), !rest.empty()) {
      const size_t end = std::min(rest.find_first_of(kBlank), rest.size());
      s.add(key.id, {.text = std::string(rest.substr(0, end)), .origin = name});
      rest.remove_prefix(end);
    }
  }
  return s;
}

void apply_limits(const Settings& settings, Limits* limits) {
  for (const LimitField& f : kLimits) {
    const Value* v = settings.find(f.id);
    if (v && f.wide) limits->*f.wide = v->number;
    if (v && f.narrow) limits->*f.narrow = static_cast<uint32_t>(v->number);
  }
}

SandboxSettings to_config(const Settings& s, const Lookup& variable) {
  SandboxSettings out;
  Config& c = out.config;
  apply_limits(s, &c.limits);
  if (const Value* v = s.find(Id::IdleTimeout)) out.idle_ms = static_cast<int64_t>(v->number);
  if (const Value* v = s.find(Id::Workdir)) c.workdir = v->text;
  if (const Value* v = s.find(Id::Mounts))
    for (const Item& i : v->items) c.mounts.push_back(i.mount);
  if (const Value* v = s.find(Id::Files)) out.files = v->items;
  if (const Value* v = s.find(Id::Env))
    for (const Item& i : v->items) {
      const char* value = i.from.empty() ? i.text.c_str() : variable(i.from.substr(4));
      if (value) c.env.emplace_back(i.name, value);
    }
  c.setup = words(s.find(Id::Setup));
  if (const Value* v = s.find(Id::AllowCommands)) c.allow_commands = words(v);
  c.deny_commands = words(s.find(Id::DenyCommands));
  NetworkPolicy p;
  p.allow_urls = words(s.find(Id::AllowUrls));
  if (p.allow_urls.empty()) return out;
  if (const Value* v = s.find(Id::AllowMethods)) p.allow_methods = words(v);
  if (const Value* v = s.find(Id::AllowPrivate)) p.allow_private = v->number != 0;
  if (const Value* v = s.find(Id::AllowInsecure)) p.allow_insecure = v->number != 0;
  if (const Value* v = s.find(Id::MaxResponse)) p.max_response_bytes = v->number;
  if (const Value* v = s.find(Id::RequestTimeout)) p.max_ms = v->number;
  if (const Value* v = s.find(Id::Headers))
    for (const Item& i : v->items) p.headers.push_back({i.url, i.name, i.text, i.from});
  c.network = std::move(p);
  return out;
}

}  // namespace nacre::config
