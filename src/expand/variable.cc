// One variable: scalar in text or number form, arrays.
#include <algorithm>
#include <charconv>

#include "expand/variables.h"

namespace nacre {
namespace {

const std::string kEmpty;

/// "0", "-7", "1234": what formats back to itself. 18 digits always fit.
bool plain_integer(std::string_view s, int64_t* out) {
  if (s.empty() || s.size() > 18) return false;
  size_t i = s[0] == '-' ? 1 : 0;
  if (i == s.size() || (s[i] == '0' && (s.size() > i + 1 || i == 1))) return false;
  int64_t n = 0;
  for (; i < s.size(); i++) {
    if (s[i] < '0' || s[i] > '9') return false;
    n = n * 10 + (s[i] - '0');
  }
  *out = s[0] == '-' ? -n : n;
  return true;
}

}  // namespace

Variable::Variable(const Variable& o)
    : RefCounted(o), attrs(o.attrs), dynamic(o.dynamic), watched(o.watched), local_unset(o.local_unset), rep_(o.rep_), text_(o.text_), number_(o.number_) {
  if (o.indexed_) indexed_ = std::make_unique<IndexedArray>(*o.indexed_);
  if (o.assoc_) assoc_ = std::make_unique<AssocArray>(*o.assoc_);
}

bool Variable::is_set() const {
  if (dynamic) return true;
  if (indexed_) return indexed_->get(0) != nullptr;
  if (assoc_) return assoc_->get("0") != nullptr;
  return rep_ != Rep::Unset;
}

bool Variable::has_any() const {
  if (indexed_) return indexed_->size() > 0;
  if (assoc_) return assoc_->size() > 0;
  return dynamic || rep_ != Rep::Unset;
}

const std::string& Variable::text() const {
  if (rep_ == Rep::Number) {
    char buffer[24];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, number_).ptr;
    text_.assign(buffer, end);
    rep_ = Rep::Both;
  }
  if (indexed_) {
    const std::string* v = indexed_->get(0);
    return v ? *v : kEmpty;
  }
  if (assoc_) {
    const std::string* v = assoc_->get("0");
    return v ? *v : kEmpty;
  }
  return text_;
}

bool Variable::integer(int64_t* out) const {
  if (rep_ == Rep::Number || rep_ == Rep::Both) {
    *out = number_;
    return true;
  }
  if (rep_ != Rep::Text) return false;
  if (!plain_integer(text_, &number_)) return false;
  rep_ = Rep::Both;
  *out = number_;
  return true;
}

/// Element 0 of an array that was declared, but has no elements yet.
void Variable::set_first(std::string t) {
  if (attrs & kAssoc) assoc().at("0") = std::move(t);
  else indexed().at(0) = std::move(t);
}

void Variable::set_text(std::string_view t) {
  if (indexed_) {
    indexed_->at(0) = t;
    return;
  }
  if (assoc_) {
    assoc_->at("0") = t;
    return;
  }
  if (attrs & (kIndexed | kAssoc)) return set_first(std::string(t));
  text_.assign(t);
  rep_ = Rep::Text;
}

void Variable::set_text(std::string&& t) {
  if (indexed_) {
    indexed_->at(0) = std::move(t);
    return;
  }
  if (assoc_) {
    assoc_->at("0") = std::move(t);
    return;
  }
  if (attrs & (kIndexed | kAssoc)) return set_first(std::move(t));
  text_ = std::move(t);
  rep_ = Rep::Text;
}

void Variable::set_number(int64_t n) {
  if (attrs & (kIndexed | kAssoc)) return set_text(std::to_string(n));
  number_ = n;
  rep_ = Rep::Number;
}

void Variable::append_text(std::string_view t) {
  if ((attrs & (kIndexed | kAssoc)) && !indexed_ && !assoc_) return set_first(std::string(t));
  if (indexed_) {
    indexed_->at(0).append(t);
    return;
  }
  if (assoc_) {
    assoc_->at("0").append(t);
    return;
  }
  (void)text();
  text_.append(t);
  rep_ = Rep::Text;
}

void Variable::clear_value() {
  rep_ = Rep::Unset;
  text_.clear();
  if (indexed_) indexed_->clear();
  if (assoc_) assoc_->clear();
}

size_t Variable::memory() const {
  size_t bytes = sizeof(Variable) + text_.capacity();
  if (indexed_) {
    for (const auto& e : indexed_->elements()) bytes += sizeof e + e.value.capacity();
  }
  if (assoc_) assoc_->each([&](const std::string& k, const std::string& v) { bytes += 96 + k.capacity() + v.capacity(); });
  return bytes;
}

IndexedArray& Variable::indexed() {
  if (!indexed_) {
    bool had = rep_ != Rep::Unset;
    std::string old = had ? text() : "";
    indexed_ = std::make_unique<IndexedArray>();
    if (had) indexed_->at(0) = std::move(old);
    rep_ = Rep::Unset;
    text_.clear();
    attrs |= kIndexed;
  }
  return *indexed_;
}

AssocArray& Variable::assoc() {
  if (!assoc_) {
    bool had = rep_ != Rep::Unset;
    std::string old = had ? text() : "";
    assoc_ = std::make_unique<AssocArray>();
    if (had) assoc_->at("0") = std::move(old);
    rep_ = Rep::Unset;
    text_.clear();
    attrs |= kAssoc;
  }
  return *assoc_;
}

// ---------------------------------------------------------------- arrays

size_t IndexedArray::lower_bound(int64_t index) const {
  // Dense arrays, the usual case, answer without a search.
  if (index >= 0 && static_cast<uint64_t>(index) < elements_.size() && elements_[static_cast<size_t>(index)].index == index) return static_cast<size_t>(index);
  if (elements_.empty() || elements_.back().index < index) return elements_.size();
  auto it = std::lower_bound(elements_.begin(), elements_.end(), index, [](const Element& e, int64_t i) { return e.index < i; });
  return static_cast<size_t>(it - elements_.begin());
}

const std::string* IndexedArray::get(int64_t index) const {
  size_t i = lower_bound(index);
  return i < elements_.size() && elements_[i].index == index ? &elements_[i].value : nullptr;
}

std::string& IndexedArray::at(int64_t index) {
  size_t i = lower_bound(index);
  if (i == elements_.size()) {
    elements_.push_back({index, {}});
  } else if (elements_[i].index != index) {
    elements_.insert(elements_.begin() + static_cast<ptrdiff_t>(i), {index, {}});
  }
  return elements_[i].value;
}

bool IndexedArray::remove(int64_t index) {
  size_t i = lower_bound(index);
  if (i == elements_.size() || elements_[i].index != index) return false;
  elements_.erase(elements_.begin() + static_cast<ptrdiff_t>(i));
  return true;
}

AssocArray::AssocArray(const AssocArray& other) : count_(other.count_) {
  buckets_.resize(other.buckets_.size());
  for (size_t b = 0; b < buckets_.size(); b++) {
    std::unique_ptr<Entry>* tail = &buckets_[b];
    for (const Entry* e = other.buckets_[b].get(); e; e = e->next.get()) {
      *tail = std::make_unique<Entry>(Entry{e->key, e->value, e->hash, nullptr});
      tail = &(*tail)->next;
    }
  }
}

uint32_t AssocArray::hash(std::string_view key) {
  uint32_t h = 2166136261u;
  for (char c : key) {
    h *= 16777619u;
    h ^= static_cast<uint32_t>(static_cast<signed char>(c));
  }
  return h;
}

const std::string* AssocArray::get(std::string_view key) const {
  if (buckets_.empty()) return nullptr;
  uint32_t h = hash(key);
  for (const Entry* e = buckets_[h & (buckets_.size() - 1)].get(); e; e = e->next.get()) {
    if (e->hash == h && e->key == key) return &e->value;
  }
  return nullptr;
}

std::string& AssocArray::at(std::string_view key) {
  if (const std::string* found = get(key)) return const_cast<std::string&>(*found);
  if (buckets_.empty()) buckets_.resize(1024);
  if (count_ >= buckets_.size() * 2) grow();
  uint32_t h = hash(key);
  auto& head = buckets_[h & (buckets_.size() - 1)];
  head = std::make_unique<Entry>(Entry{std::string(key), {}, h, std::move(head)});
  count_++;
  return head->value;
}

void AssocArray::grow() {
  std::vector<std::unique_ptr<Entry>> old = std::move(buckets_);
  buckets_.clear();
  buckets_.resize(old.size() * 4);
  for (auto& bucket : old) {
    while (bucket) {
      std::unique_ptr<Entry> e = std::move(bucket);
      bucket = std::move(e->next);
      auto& head = buckets_[e->hash & (buckets_.size() - 1)];
      e->next = std::move(head);
      head = std::move(e);
    }
  }
}

bool AssocArray::remove(std::string_view key) {
  if (buckets_.empty()) return false;
  uint32_t h = hash(key);
  for (std::unique_ptr<Entry>* p = &buckets_[h & (buckets_.size() - 1)]; *p; p = &(*p)->next) {
    if ((*p)->hash != h || (*p)->key != key) continue;
    std::unique_ptr<Entry> rest = std::move((*p)->next);
    *p = std::move(rest);
    count_--;
    return true;
  }
  return false;
}

void AssocArray::clear() {
  for (auto& bucket : buckets_) {
    while (bucket) bucket = std::move(bucket->next);
  }
  count_ = 0;
}

void AssocArray::each(const std::function<void(const std::string&, const std::string&)>& f) const {
  for (const auto& bucket : buckets_) {
    for (const Entry* e = bucket.get(); e; e = e->next.get()) f(e->key, e->value);
  }
}

}  // namespace nacre
