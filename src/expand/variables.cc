#include "expand/variables.h"

#include <algorithm>

#include "base/check.h"

namespace nacre {

Variable& Variables::writable(Symbol s) {
  Ref<Variable>& r = slot(s);
  if (!r) r = make_ref<Variable>();
  else if (!r->unique()) r = make_ref<Variable>(*r);
  if (r->has(kExported)) environment_.reset();
  return *r;
}

Ref<Variable>& Variables::slot(Symbol s) {
  size_t c = s / kChunk;
  if (c >= chunks_.size()) chunks_.resize(c + 1);
  Ref<Chunk>& chunk = chunks_[c];
  if (!chunk) chunk = make_ref<Chunk>();
  else if (!chunk->unique()) chunk = make_ref<Chunk>(*chunk);
  return chunk->slots[s % kChunk];
}

Symbol Variables::resolve(Symbol s, std::string* element) const {
  for (int hops = 0; hops < 64; hops++) {
    const Variable* v = find(s);
    if (!v || !v->has(kNameref) || !v->is_set()) return s;
    const std::string& target = v->text();
    size_t bracket = target.find('[');
    if (bracket != target.npos && target.back() == ']') {
      if (!is_name(std::string_view(target).substr(0, bracket))) return sym::kNone;
      Symbol base = symbols_->intern(std::string_view(target).substr(0, bracket));
      if (element) *element = target;
      return base;
    }
    if (!is_name(target)) return sym::kNone;
    Symbol next = symbols_->intern(target);
    if (next == s) {
      // `local -n x=x`: the x of the scope outside; find it as the hidden one.
      return sym::kNone;
    }
    s = next;
  }
  return sym::kNone;
}

void Variables::unset(Symbol s, bool local_unset) {
  if (const Variable* v = find(s); v && v->has(kExported)) environment_.reset();
  // Innermost scope that hides s.
  size_t function = scopes_.size();
  for (size_t i = scopes_.size(); i-- > 0;) {
    if (function == scopes_.size() && scopes_[i]->kind == ScopeKind::Function) function = i;
    auto& saved = scopes_[i]->saved;
    auto it = std::find_if(saved.begin(), saved.end(), [s](const Saved& x) { return x.symbol == s; });
    if (it == saved.end()) continue;
    if (i == function || (local_unset && scopes_[i]->kind == ScopeKind::Function)) {
      // A local of the running function stays local, without a value.
      slot(s) = nullptr;
      return;
    }
    Scope& scope = writable_scope(i);
    size_t at = static_cast<size_t>(it - saved.begin());
    Ref<Variable> previous = scope.saved[at].previous;
    scope.saved.erase(scope.saved.begin() + static_cast<ptrdiff_t>(at));
    slot(s) = previous;
    environment_.reset();
    return;
  }
  slot(s) = nullptr;
}

Variables::Scope& Variables::writable_scope(size_t i) {
  if (!scopes_[i]->unique()) scopes_[i] = make_ref<Scope>(*scopes_[i]);
  return *scopes_[i];
}

void Variables::push_scope(ScopeKind kind) {
  Ref<Scope> scope = spare_ && spare_->unique() ? std::move(spare_) : make_ref<Scope>();
  scope->kind = kind;
  scopes_.push_back(std::move(scope));
}

bool Variables::pop_scope() {
  NACRE_CHECK(!scopes_.empty());
  Ref<Scope> scope = std::move(scopes_.back());
  scopes_.pop_back();
  bool watched = false;
  for (size_t i = scope->saved.size(); i-- > 0;) {
    const Saved& saved = scope->saved[i];   // may be shared with a subshell
    Ref<Variable>& r = slot(saved.symbol);
    if ((r && r->has(kExported)) || (saved.previous && saved.previous->has(kExported))) environment_.reset();
    watched |= (r && r->watched) || (saved.previous && saved.previous->watched);
    r = saved.previous;
  }
  constexpr size_t kFew = 32;
  if (scope->unique() && scope->saved.capacity() <= kFew) {
    scope->saved.clear();
    spare_ = std::move(scope);
  }
  return watched;
}

Variable& Variables::hide(size_t i, Symbol s, bool* fresh) {
  for (const Saved& saved : scopes_[i]->saved) {
    if (saved.symbol != s) continue;
    if (fresh) *fresh = false;
    return writable(s);
  }
  Ref<Variable>& r = slot(s);
  writable_scope(i).saved.push_back({s, r});
  if (r && r->has(kExported)) environment_.reset();
  r = make_ref<Variable>();
  if (fresh) *fresh = true;
  return *r;
}

/// What `local` finds in a temporary assignment (x=1 f) it takes over, value and all.
Variable& Variables::make_local(Symbol s, bool* fresh) {
  size_t function = scopes_.size();
  while (function-- > 0 && scopes_[function]->kind != ScopeKind::Function) {
  }
  if (fresh) *fresh = false;
  if (function == static_cast<size_t>(-1)) return writable(s);
  auto record = [&](size_t i) {
    auto& saved = scopes_[i]->saved;
    return std::find_if(saved.begin(), saved.end(), [s](const Saved& x) { return x.symbol == s; }) - saved.begin();
  };
  auto has = [&](size_t i) { return static_cast<size_t>(record(i)) < scopes_[i]->saved.size(); };
  // Inside `x=1 eval 'local x'` the temporary binding is as local as can be.
  for (size_t i = scopes_.size(); i-- > function + 1;) {
    if (!has(i)) continue;
    if (scopes_[i]->kind == ScopeKind::Declaration) {
      // `x=1 local x`: the value becomes the local's.
      auto& own = writable_scope(i).saved;
      Saved moved = own[static_cast<size_t>(record(i))];
      own.erase(own.begin() + record(i));
      if (!has(function)) writable_scope(function).saved.push_back(moved);
    }
    return writable(s);
  }
  if (function > 0 && scopes_[function - 1]->kind == ScopeKind::Call && has(function - 1) && !has(function)) {
    Scope& call = writable_scope(function - 1);
    writable_scope(function).saved.push_back(call.saved[static_cast<size_t>(record(function - 1))]);
    call.saved.erase(call.saved.begin() + record(function - 1));
    return writable(s);
  }
  bool inherit = false;
  for (size_t i = function; i-- > 0;) {
    if (!has(i)) continue;
    inherit = scopes_[i]->kind != ScopeKind::Function;
    break;
  }
  Ref<Variable> outer = slot(s);
  bool made = false;
  Variable& v = hide(function, s, &made);
  if (made && inherit && outer) {
    slot(s) = make_ref<Variable>(*outer);
    return *slot(s);
  }
  if (fresh) *fresh = made;
  return v;
}

Variable& Variables::make_temporary(Symbol s) { return hide(scopes_.size() - 1, s, nullptr); }

bool Variables::is_local(Symbol s) const {
  for (size_t i = scopes_.size(); i-- > 0;) {
    for (const Saved& saved : scopes_[i]->saved) {
      if (saved.symbol == s) return true;
    }
    if (scopes_[i]->kind == ScopeKind::Function) return false;
  }
  return false;
}

bool Variables::in_function() const {
  for (const auto& scope : scopes_) {
    if (scope->kind == ScopeKind::Function) return true;
  }
  return false;
}

std::vector<Symbol> Variables::locals() const {
  std::vector<Symbol> out;
  for (size_t i = scopes_.size(); i-- > 0;) {
    for (const Saved& saved : scopes_[i]->saved) out.push_back(saved.symbol);
    if (scopes_[i]->kind == ScopeKind::Function) break;
  }
  return out;
}

Ref<Variable>& Variables::global_slot(Symbol s) {
  environment_.reset();
  for (size_t i = 0; i < scopes_.size(); i++) {
    for (size_t k = 0; k < scopes_[i]->saved.size(); k++) {
      if (scopes_[i]->saved[k].symbol == s) return writable_scope(i).saved[k].previous;
    }
  }
  return slot(s);
}

Variable& Variables::global(Symbol s) {
  Ref<Variable>& r = global_slot(s);
  if (!r) r = make_ref<Variable>();
  else if (!r->unique()) r = make_ref<Variable>(*r);
  return *r;
}

void Variables::replace(Symbol s, const Variable& v) {
  environment_.reset();
  slot(s) = make_ref<Variable>(v);
}

void Variables::replace_global(Symbol s, const Variable& v) { global_slot(s) = make_ref<Variable>(v); }

void Variables::outlive_temporary(Symbol s) {
  if (scopes_.empty() || scopes_.back()->kind == ScopeKind::Function) return;
  auto& saved = writable_scope(scopes_.size() - 1).saved;
  std::erase_if(saved, [s](const Saved& x) { return x.symbol == s; });
}

const Variable* Variables::find_global(Symbol s) const {
  for (const auto& scope : scopes_) {
    for (const Saved& saved : scope->saved) {
      if (saved.symbol == s) return saved.previous.get();
    }
  }
  return find(s);
}

const Variable* Variables::hidden(Symbol s) const {
  for (size_t i = scopes_.size(); i-- > 0;) {
    for (const Saved& saved : scopes_[i]->saved) {
      if (saved.symbol == s) return saved.previous.get();
    }
  }
  return nullptr;
}

void Variables::each(const std::function<void(Symbol, const Variable&)>& f) const {
  for (size_t c = 0; c < chunks_.size(); c++) {
    if (!chunks_[c]) continue;
    for (size_t i = 0; i < kChunk; i++) {
      if (const Variable* v = chunks_[c]->slots[i].get()) f(static_cast<Symbol>(c * kChunk + i), *v);
    }
  }
}

std::vector<Symbol> Variables::sorted() const {
  std::vector<Symbol> out;
  each([&](Symbol s, const Variable&) { out.push_back(s); });
  std::sort(out.begin(), out.end(), [&](Symbol a, Symbol b) { return symbols_->name(a) < symbols_->name(b); });
  return out;
}

size_t Variables::memory() const {
  size_t bytes = 0;
  each([&](Symbol, const Variable& v) { bytes += v.memory(); });
  for (const auto& scope : scopes_) {
    for (const Saved& saved : scope->saved)
      if (saved.previous) bytes += saved.previous->memory();
  }
  return bytes;
}

std::shared_ptr<const std::vector<std::string>> Variables::environment() const {
  if (!environment_) {
    auto env = std::make_shared<std::vector<std::string>>();
    auto add = [&](Symbol s, const Variable& v) {
      if (!v.has(kExported) || v.is_array() || !v.is_set()) return false;
      env->push_back(symbols_->name(s) + "=" + v.text());
      return true;
    };
    std::vector<Symbol> done;   // of those that scopes hide
    each([&](Symbol s, const Variable& v) {
      if (add(s, v) && !scopes_.empty()) done.push_back(s);
    });
    // A local that is not for programs, or has no value, does not keep from them what it hides.
    for (size_t i = scopes_.size(); i-- > 0;) {
      for (const Saved& saved : scopes_[i]->saved) {
        if (!saved.previous || !saved.previous->has(kExported) || std::find(done.begin(), done.end(), saved.symbol) != done.end()) continue;
        if (add(saved.symbol, *saved.previous)) done.push_back(saved.symbol);
      }
    }
    environment_ = std::move(env);
  }
  return environment_;
}

}  // namespace nacre
