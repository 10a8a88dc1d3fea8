;; 110 bytes of code, made from 9 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 266
  i32.le_s
  local.get $wst
  i32.const 4
  i32.sub
  i32.const 250
  i32.gt_u
  i32.or
  if ;; label = @1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 16777216
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  local.get $wst
  i32.load8_u offset=197121
  local.set 5
  local.get $wst
  i32.const 17920
  i32.store16 offset=197120 align=1
  local.get $wst
  local.get 5
  i32.store8 offset=197119
  local.get $wst
  i32.const 52
  i32.store16 offset=197117 align=1
  local.get $fuel
  i64.extend_i32_u
  i64.const 32
  i64.shl
  local.get $free
  i32.const 17366528
  i32.add
  i64.extend_i32_u
  i64.or
  return
  unreachable
)
