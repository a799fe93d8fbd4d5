/// Variables: the shell's variables with attributes, arrays and dynamic scope.
///
/// Shallow binding: each Symbol has one slot that holds its current variable;
/// entering a scope saves what a local hides. Lookup is an index, at any depth.
/// Copying a Variables (a subshell) shares everything; the first write to a
/// shared chunk or variable copies that one.
/// Threads: one; copies may live on other threads.
/// Source: bash manual, "Shell Parameters", "Arrays"; scoping as in `local`.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.h"
#include "program/symbol.h"

namespace nacre {

enum Attr : uint32_t {
  kExported = 1,
  kReadonly = 2,
  kInteger = 4,
  kLower = 8,
  kUpper = 16,
  kCapital = 32,
  kNameref = 64,
  kTrace = 128,
  kIndexed = 256,
  kAssoc = 512,
};

/// Indexed array: elements by ascending index, dense where indexes are.
class IndexedArray {
 public:
  struct Element {
    int64_t index;
    std::string value;
  };
  const std::string* get(int64_t index) const;
  std::string& at(int64_t index);          ///< makes it if missing
  bool remove(int64_t index);
  size_t size() const { return elements_.size(); }
  int64_t end_index() const { return elements_.empty() ? 0 : elements_.back().index + 1; }
  const std::deque<Element>& elements() const { return elements_; }
  void clear() { elements_.clear(); }

 private:
  size_t lower_bound(int64_t index) const;
  std::deque<Element> elements_;   // sorted; growing moves nothing (a vector's moves cost more than all else in a loop of a[i]=…)
};

/// Associative array. Iterates in the order of bash's own hash table, which
/// scripts see: FNV-1 over 1024 buckets (growing by 4 when twice full), newest
/// first within one.
class AssocArray {
 public:
  AssocArray() = default;
  AssocArray(const AssocArray& other);
  AssocArray(AssocArray&&) = default;
  AssocArray& operator=(AssocArray&&) = default;
  const std::string* get(std::string_view key) const;
  std::string& at(std::string_view key);
  bool remove(std::string_view key);
  size_t size() const { return count_; }
  void clear();
  /// In iteration order.
  void each(const std::function<void(const std::string& key, const std::string& value)>& f) const;

 private:
  struct Entry {
    std::string key, value;
    uint32_t hash;
    std::unique_ptr<Entry> next;
  };
  static uint32_t hash(std::string_view key);
  void grow();
  std::vector<std::unique_ptr<Entry>> buckets_;
  size_t count_ = 0;
};

class Variable : public RefCounted {
 public:
  uint32_t attrs = 0;
  uint8_t dynamic = 0;       ///< not 0: its value is computed by the shell
  bool watched = false;      ///< the shell wants to know of assignments
  bool local_unset = false;

  bool has(uint32_t attr) const { return attrs & attr; }
  bool is_array() const { return attrs & (kIndexed | kAssoc); }
  /// Has a value: scalar set, or an array with an element 0 (or "0").
  bool is_set() const;
  /// Has a value of any kind, an array with no element 0 too.
  bool has_any() const;
  /// Scalar value, or element 0; "" if unset.
  const std::string& text() const;
  /// The value as an integer constant if it is one cheaply: decimal, no leading zero.
  bool integer(int64_t* out) const;
  void set_text(std::string_view text);
  void set_text(std::string&& text);
  void set_number(int64_t n);
  /// Appends to the scalar in place.
  void append_text(std::string_view text);
  void clear_value();
  size_t memory() const;
  IndexedArray& indexed();              ///< converts a scalar to element 0
  AssocArray& assoc();
  const IndexedArray* indexed_or_null() const { return indexed_.get(); }
  const AssocArray* assoc_or_null() const { return assoc_.get(); }

  Variable() = default;
  Variable(const Variable& other);

 private:
  void set_first(std::string t);
  enum class Rep : uint8_t { Unset, Text, Number, Both };
  mutable Rep rep_ = Rep::Unset;
  mutable std::string text_;
  mutable int64_t number_ = 0;
  std::unique_ptr<IndexedArray> indexed_;
  std::unique_ptr<AssocArray> assoc_;
};

class Variables {
 public:
  explicit Variables(std::shared_ptr<Symbols> symbols) : symbols_(std::move(symbols)) {}
  Symbols& symbols() const { return *symbols_; }
  void set_symbols(std::shared_ptr<Symbols> s) { symbols_ = std::move(s); }

  /// The variable as it stands (namerefs not followed); null when never declared or unset.
  const Variable* find(Symbol s) const {
    size_t c = s / kChunk;
    return c < chunks_.size() && chunks_[c] ? chunks_[c]->slots[s % kChunk].get() : nullptr;
  }
  /// The same, kept alive.
  Ref<Variable> share(Symbol s) const {
    size_t c = s / kChunk;
    return c < chunks_.size() && chunks_[c] ? chunks_[c]->slots[s % kChunk] : nullptr;
  }
  /// For changing; made if missing.
  Variable& writable(Symbol s);
  /// Follows namerefs from s. Element references (ref="a[1]") come back as text in *element.
  /// kNone when the chain is circular or the target is no name.
  Symbol resolve(Symbol s, std::string* element = nullptr) const;

  /// Removes the variable as `unset` does, scopes considered.
  /// `local_unset`: the locals of calling functions stay local, without a value (shopt localvar_unset).
  void unset(Symbol s, bool local_unset = false);

  // ---- scopes
  /// Call: the assignments before a function call; a `local` of the function takes them over.
  /// Declaration: those before `declare` and its kin, which may make them last.
  enum class ScopeKind : uint8_t { Function, Temporary, Call, Declaration };
  void push_scope(ScopeKind kind);
  /// True when a watched variable is another one now.
  bool pop_scope();
  size_t depth() const { return scopes_.size(); }
  /// Hides s in the innermost function scope and returns the new (or already local) variable.
  /// *fresh: it was not local there before.
  Variable& make_local(Symbol s, bool* fresh);
  /// Hides s in the innermost scope of any kind.
  Variable& make_temporary(Symbol s);
  /// True when s is local to the innermost function scope.
  bool is_local(Symbol s) const;
  /// The variable `declare -g` means.
  Variable& global(Symbol s);
  const Variable* find_global(Symbol s) const;
  /// Puts a copy of v in the place of the variable, current or global.
  void replace(Symbol s, const Variable& v);
  void replace_global(Symbol s, const Variable& v);
  /// `x=1 export x`: what was to end with the command stays.
  void outlive_temporary(Symbol s);
  /// The variable hidden by the innermost local of this name; null if none.
  const Variable* hidden(Symbol s) const;
  bool in_function() const;
  std::vector<Symbol> locals() const;   ///< of the innermost function scope

  /// Calls f for every declared variable, in order of Symbols.
  void each(const std::function<void(Symbol, const Variable&)>& f) const;
  /// Names in byte order.
  std::vector<Symbol> sorted() const;
  /// "NAME=value" of exported variables, cached until one changes.
  std::shared_ptr<const std::vector<std::string>> environment() const;
  /// Bytes that values hold, roughly. Walks all variables.
  size_t memory() const;
  void touch_environment() { environment_.reset(); }

 private:
  static constexpr size_t kChunk = 32;
  struct Chunk : RefCounted {
    Ref<Variable> slots[kChunk];
  };
  struct Saved {
    Symbol symbol;
    Ref<Variable> previous;
  };
  struct Scope : RefCounted {
    ScopeKind kind;
    std::vector<Saved> saved;
  };

  Ref<Variable>& slot(Symbol s);
  Ref<Variable>& global_slot(Symbol s);
  Scope& writable_scope(size_t i);
  Variable& hide(size_t scope, Symbol s, bool* fresh);

  std::shared_ptr<Symbols> symbols_;
  std::vector<Ref<Chunk>> chunks_;
  std::vector<Ref<Scope>> scopes_;
  Ref<Scope> spare_;   ///< an ended scope, for the next call
  mutable std::shared_ptr<const std::vector<std::string>> environment_;
};

}  // namespace nacre
