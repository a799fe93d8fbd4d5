#include "commands/accounts.h"

#include "commands/args.h"
#include "commands/text_io.h"
#include "kernel/kernel.h"

namespace nacre {
namespace {

std::vector<std::string> split(std::string_view s, char by) {
  std::vector<std::string> out;
  for (size_t at = 0;;) {
    size_t end = s.find(by, at);
    out.emplace_back(s.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return out;
    at = end + 1;
  }
}

uint32_t number(const std::string& s) { return static_cast<uint32_t>(parse_int(s).value_or(0)); }

}  // namespace

void Accounts::load() {
  if (loaded_) return;
  loaded_ = true;
  if (auto text = read_file(p_, "/etc/passwd")) {
    for (const auto& line : split(*text, '\n')) {
      auto f = split(line, ':');
      if (f.size() >= 4) users_.push_back({f[0], number(f[2]), number(f[3]), f.size() > 4 ? f[4] : "", f.size() > 5 ? f[5] : "", f.size() > 6 ? f[6] : ""});
    }
  }
  if (auto text = read_file(p_, "/etc/group")) {
    for (const auto& line : split(*text, '\n')) {
      auto f = split(line, ':');
      if (f.size() < 3) continue;
      Group g{f[0], number(f[2]), {}};
      if (f.size() > 3 && !f[3].empty()) g.members = split(f[3], ',');
      groups_.push_back(std::move(g));
    }
  }
}

const User* Accounts::user(uint32_t uid) {
  load();
  for (const auto& u : users_)
    if (u.uid == uid) return &u;
  return nullptr;
}
const User* Accounts::user(std::string_view name) {
  load();
  for (const auto& u : users_)
    if (u.name == name) return &u;
  return nullptr;
}
const Group* Accounts::group(uint32_t gid) {
  load();
  for (const auto& g : groups_)
    if (g.gid == gid) return &g;
  return nullptr;
}
const Group* Accounts::group(std::string_view name) {
  load();
  for (const auto& g : groups_)
    if (g.name == name) return &g;
  return nullptr;
}
const std::vector<Group>& Accounts::groups() {
  load();
  return groups_;
}
std::string Accounts::user_name(uint32_t uid) {
  const User* u = user(uid);
  return u ? u->name : std::to_string(uid);
}
std::string Accounts::group_name(uint32_t gid) {
  const Group* g = group(gid);
  return g ? g->name : std::to_string(gid);
}

std::string parse_owner(Accounts& accounts, std::string_view text, Owner* out) {
  size_t colon = text.find(':');
  if (colon == std::string_view::npos && !accounts.user(text)) colon = text.find('.');
  std::string_view user = text.substr(0, colon);
  if (!user.empty()) {
    if (const User* u = accounts.user(user)) {
      out->uid = u->uid;
      if (colon != std::string_view::npos && colon + 1 == text.size()) out->gid = u->gid;
    } else {
      auto n = parse_int(user);
      if (!n || *n < 0 || *n >= UINT32_MAX) return "invalid user";
      if (colon != std::string_view::npos && colon + 1 == text.size()) return "invalid spec";
      out->uid = static_cast<uint32_t>(*n);
    }
  }
  if (colon == std::string_view::npos || colon + 1 >= text.size()) return {};
  std::string_view group = text.substr(colon + 1);
  if (const Group* g = accounts.group(group)) {
    out->gid = g->gid;
    return {};
  }
  auto n = parse_int(group);
  if (!n || *n < 0 || *n >= UINT32_MAX) return "invalid group";
  out->gid = static_cast<uint32_t>(*n);
  return {};
}

std::string host_name(Process& p) {
  auto text = read_file(p, "/etc/hostname");
  if (!text || text->empty()) return p.kernel().options().hostname;
  return text->substr(0, text->find('\n'));
}

}  // namespace nacre
