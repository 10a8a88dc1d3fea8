;; 157 bytes of code, made from 14 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32 i32 i32 i32 i32 i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 271
  i32.le_s
  local.get $wst
  i32.const 4
  i32.sub
  i32.const 251
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
  i32.const 0
  i32.load8_u offset=65552
  local.set 5
  local.get 5
  local.get 5
  i32.add
  local.set 6
  local.get 6
  i32.const 270
  i32.add
  local.set 7
  local.get 7
  i32.load8_u offset=65536
  i32.const 8
  i32.shl
  local.set 8
  local.get 7
  i32.const 1
  i32.add
  local.set 9
  local.get 8
  local.get 9
  i32.load8_u offset=65536
  i32.or
  local.set 10
  local.get $fuel
  local.get 10
  i32.add
  i32.const -271
  i32.add
  local.set $fuel
  local.get $wst
  local.get 10
  i32.store16 offset=197119 align=1
  local.get $wst
  i32.const 270
  i32.store16 offset=197117 align=1
  local.get $fuel
  i64.extend_i32_u
  i64.const 32
  i64.shl
  local.get $free
  local.get 10
  i32.const 16
  i32.shl
  i32.add
  i64.extend_i32_u
  i64.or
  return
  unreachable
)
