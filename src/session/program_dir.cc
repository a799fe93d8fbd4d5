#include "session/program_dir.h"

#include <algorithm>
#include <string>
#include <vector>

#include "algo/nearest.h"
#include "commands/command.h"
#include "kernel/kernel.h"
#include "session/base_image.h"

namespace nacre {
namespace {

constexpr std::string_view kBin = "usr/bin";

/// Every program, by name. `body` is empty for the shells, which the kernel is given by sandbox.
struct Binary {
  std::string_view name;
  Body body;
};

Body body_of(const Command& c) {
  if (c.message_name == MessageName::AsCalled) return c.main;
  return [main = c.main](Process& p) {
    p.use_short_name();
    return main(p);
  };
}

const std::vector<Binary>& programs() {
  static const std::vector<Binary> table = [] {
    std::vector<Binary> all;
    for (const Command& c : all_commands()) {
      for (std::string_view name : c.names) all.push_back({name, body_of(c)});
    }
    all.push_back({"bash", {}});
    all.push_back({"sh", {}});
    std::sort(all.begin(), all.end(), [](const Binary& a, const Binary& b) { return a.name < b.name; });
    return all;
  }();
  return table;
}

const Binary* find(std::string_view name) {
  const auto& all = programs();
  auto it = std::lower_bound(all.begin(), all.end(), name, [](const Binary& p, std::string_view n) { return p.name < n; });
  return it != all.end() && it->name == name ? &*it : nullptr;
}

/// What is there only when the sandbox has a network.
bool needs_network(std::string_view name) { return name == "curl" || name == "wget"; }

constexpr HostResult fail(Errno e) { return -static_cast<HostResult>(e); }

std::string content(const Binary& p) { return std::string(kImageMagic) + std::string(p.name) + "\n"; }

class ProgramDir final : public HostDir {
 public:
  ProgramDir(bool network, HiddenPrograms hidden) : network_(network), hidden_(std::move(hidden)) {}

  HostResult stat(const std::string& path, HostStat& out) override {
    out = {};
    out.atime = out.mtime = out.ctime = kBaseTime;
    out.mode = 0755;
    if (const Binary* p = program(path)) {
      out.ino = static_cast<uint64_t>(p - programs().data()) + 1;
      out.size = content(*p).size();
      return 0;
    }
    out.type = HostStat::Type::Directory;
    return path.empty() || path == "usr" || path == kBin ? 0 : fail(Errno::NOENT);
  }
  HostResult list(const std::string& path, std::vector<Entry>& out) override {
    if (path.empty()) return out.push_back({"usr", HostStat::Type::Directory}), 0;
    if (path == "usr") return out.push_back({"bin", HostStat::Type::Directory}), 0;
    if (path != kBin) return fail(Errno::NOENT);
    for (const Binary& p : programs())
      if (shown(p)) out.push_back({std::string(p.name), HostStat::Type::Regular});
    return 0;
  }
  HostResult open(const std::string& path, int flags, bool create, uint32_t) override {
    if (flags || create) return fail(Errno::ROFS);
    const Binary* p = program(path);
    return p ? p - programs().data() : fail(Errno::NOENT);
  }
  HostResult read(int64_t handle, uint64_t offset, std::span<char> out) override {
    const std::string text = content(programs()[static_cast<size_t>(handle)]);
    if (offset >= text.size()) return 0;
    return static_cast<HostResult>(text.copy(out.data(), out.size(), static_cast<size_t>(offset)));
  }
  HostResult stat_handle(int64_t handle, HostStat& out) override {
    return stat(std::string(kBin) + "/" + std::string(programs()[static_cast<size_t>(handle)].name), out);
  }
  void close(int64_t) override {}

  HostResult read_link(const std::string&, std::string&) override { return fail(Errno::INVAL); }
  HostResult write(int64_t, uint64_t, std::string_view) override { return fail(Errno::ROFS); }
  HostResult truncate(int64_t, uint64_t) override { return fail(Errno::ROFS); }
  HostResult sync(int64_t) override { return 0; }
  HostResult make_dir(const std::string&, uint32_t) override { return fail(Errno::ROFS); }
  HostResult make_symlink(const std::string&, const std::string&) override { return fail(Errno::ROFS); }
  HostResult make_link(const std::string&, const std::string&) override { return fail(Errno::ROFS); }
  HostResult remove(const std::string&, bool) override { return fail(Errno::ROFS); }
  HostResult rename(const std::string&, const std::string&) override { return fail(Errno::ROFS); }
  HostResult set_mode(const std::string&, uint32_t) override { return fail(Errno::ROFS); }
  HostResult set_times(const std::string&, const Timespec&, const Timespec&) override { return fail(Errno::ROFS); }

 private:
  const Binary* program(std::string_view path) const {
    if (!path.starts_with(kBin) || path.size() <= kBin.size() + 1) return nullptr;
    const Binary* p = find(path.substr(kBin.size() + 1));
    return p && shown(*p) ? p : nullptr;
  }
  bool shown(const Binary& p) const { return (network_ || !needs_network(p.name)) && !(hidden_ && hidden_->contains(p.name)); }

  bool network_;
  HiddenPrograms hidden_;
};

}  // namespace

std::shared_ptr<HostDir> make_program_dir(bool network, HiddenPrograms hidden) { return std::make_shared<ProgramDir>(network, std::move(hidden)); }

std::vector<std::string> program_names() {
  std::vector<std::string> names;
  for (const Binary& p : programs()) names.emplace_back(p.name);
  return names;
}

HiddenPrograms hidden_programs(const Config& config) {
  if (!config.allow_commands && config.deny_commands.empty()) return nullptr;
  std::set<std::string, std::less<>> hidden(config.deny_commands.begin(), config.deny_commands.end());
  if (config.allow_commands) {
    const std::set<std::string, std::less<>> allowed(config.allow_commands->begin(), config.allow_commands->end());
    for (const Binary& p : programs())
      if (!allowed.contains(p.name)) hidden.emplace(p.name);
    for (const CustomCommand& c : config.commands)
      if (!allowed.contains(c.name)) hidden.insert(c.name);
  }
  return std::make_shared<const std::set<std::string, std::less<>>>(std::move(hidden));
}

Expected<bool> check_commands(const Config& config) {
  std::vector<std::string> names(config.deny_commands);
  if (config.allow_commands) names.insert(names.end(), config.allow_commands->begin(), config.allow_commands->end());
  for (const std::string& name : names) {
    const bool custom = std::any_of(config.commands.begin(), config.commands.end(), [&](const CustomCommand& c) { return c.name == name; });
    if (custom || find(name)) continue;
    const auto near = nearest_words(name, program_names(), 1);
    return Error{"commands", "there is no command '" + name + "' to allow or deny", near.empty() ? "" : "did you mean '" + near[0] + "'?"};
  }
  return true;
}

const Body* find_program(std::string_view name) {
  const Binary* p = find(name);
  return p && p->body ? &p->body : nullptr;
}

}  // namespace nacre
