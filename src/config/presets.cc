// Presets that extend others.
#include <algorithm>

#include "config/config_file.h"

namespace nacre::config {
namespace {

std::vector<std::string> names_of(const ConfigFile& file) {
  std::vector<std::string> out;
  out.reserve(file.presets.size());
  for (const Preset& p : file.presets) out.push_back(p.name);
  return out;
}

/// Appends `top` after all that it extends, each once. False: *circle says which extend each other. A chain is as long
/// as the file says, so it is a list, not the stack.
bool put_in_order(const ConfigFile& file, const Preset& top, std::vector<const Preset*>* order, std::string* circle) {
  std::vector<const Preset*> chain{&top};
  std::vector<size_t> next{0};
  while (!chain.empty()) {
    const Preset& p = *chain.back();
    if (next.back() == p.extends.size()) {
      order->push_back(&p);
      chain.pop_back();
      next.pop_back();
      continue;
    }
    const Preset* base = file.find(p.extends[next.back()++]);
    if (auto at = std::find(chain.begin(), chain.end(), base); at != chain.end()) {
      for (; at != chain.end(); ++at) *circle += (*at)->name + " -> ";
      *circle += base->name;
      return false;
    }
    if (std::find(order->begin(), order->end(), base) != order->end()) continue;
    chain.push_back(base);
    next.push_back(0);
  }
  return true;
}

}  // namespace

const Preset* ConfigFile::find(std::string_view name) const {
  auto at = std::find_if(presets.begin(), presets.end(), [&](const Preset& p) { return p.name == name; });
  return at == presets.end() ? nullptr : &*at;
}

std::string check_extends(const ConfigFile& file) {
  auto at = [&](const Preset& p) { return file.shown + ":" + std::to_string(p.extends_line) + ": preset '" + p.name + "' extends "; };
  for (const Preset& p : file.presets)
    for (const std::string& base : p.extends)
      if (!file.find(base)) return at(p) + "'" + base + "', which there is not" + suggestion(base, names_of(file));
  std::vector<const Preset*> done;
  for (const Preset& p : file.presets) {
    std::string circle;
    if (std::find(done.begin(), done.end(), &p) == done.end() && !put_in_order(file, p, &done, &circle)) return at(p) + "itself: " + circle;
  }
  return "";
}

Expected<Settings> ConfigFile::preset(std::string_view name) const {
  const Preset* top = find(name);
  if (!top) {
    const std::string none = shown.empty()     ? "; there is no configuration file"
                             : presets.empty() ? "; " + shown + " has none"
                                               : suggestion(name, names_of(*this));
    return Error{"config.preset", "no preset '" + std::string(name) + "'" + none, ""};
  }
  std::vector<const Preset*> order;
  std::string circle;
  put_in_order(*this, *top, &order, &circle);
  Settings out;
  for (const Preset* p : order) {
    Settings own = p->own;
    own.prefix_origins("preset " + p->name + ", ");
    out.put(own);
  }
  return out;
}

}  // namespace nacre::config
