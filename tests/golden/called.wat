;; 474 bytes of code, made from 22 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 261
  i32.le_s
  local.get $rst
  i32.const 2
  i32.sub
  i32.const 253
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
  local.get $fuel
  i32.const 0
  i32.add
  local.set $fuel
  local.get $rst
  i32.const 259
  i32.store16 offset=197375 align=1
  local.get $wst
  local.get $rst
  i32.const -2
  i32.add
  local.get $fuel
  call $at_0104
  local.tee $result
  i32.wrap_i64
  local.get $free
  i32.const 16973824
  i32.add
  i32.ne
  local.get $result
  i64.const 32
  i64.shr_u
  i32.wrap_i64
  local.tee $fuel
  i32.const 264
  i32.le_s
  i32.or
  if ;; label = @1
    local.get $result
    return
  end
  local.get $fuel
  i64.extend_i32_u
  i64.const 32
  i64.shl
  local.get $free
  i32.const 16973824
  i32.add
  i64.extend_i32_u
  i64.or
  return
  unreachable
)
(func $at_0104 (;5;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32 i32 i32 i32 i32 i32 i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 277
  i32.le_s
  local.get $wst
  i32.const 4
  i32.sub
  i32.const 249
  i32.gt_u
  i32.or
  local.get $rst
  i32.const 2
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
    i32.const 17039360
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  local.get $wst
  i32.load8_u offset=197121
  local.set 5
  local.get $wst
  i32.load8_u offset=197122
  local.set 6
  local.get 6
  local.get 5
  i32.or
  local.set 7
  local.get 7
  if ;; label = @1
    local.get $fuel
    i32.const 4
    i32.add
    local.set $fuel
    local.get 6
    i32.const 8
    i32.shl
    local.get 5
    i32.or
    local.set 8
    local.get 8
    i32.const 1
    i32.sub
    i32.const 65535
    i32.and
    local.set 9
    local.get $fuel
    i32.const -18
    i32.add
    local.set $fuel
    local.get $wst
    local.get 9
    i32.store16 offset=197119 align=1
    local.get $wst
    i32.const 1
    i32.store16 offset=197117 align=1
    local.get $rst
    i32.const 277
    i32.store16 offset=197375 align=1
    local.get $wst
    i32.const -2
    i32.add
    local.get $rst
    i32.const -2
    i32.add
    local.get $fuel
    call $at_0104
    local.tee $result
    i32.wrap_i64
    local.get $free
    i32.const 18152960
    i32.add
    i32.ne
    local.get $result
    i64.const 32
    i64.shr_u
    i32.wrap_i64
    local.tee $fuel
    i32.const 294
    i32.le_s
    i32.or
    if ;; label = @2
      local.get $result
      return
    end
    local.get $wst
    i32.load16_u offset=197119 align=1
    local.set 9
    local.get 6
    i32.const 8
    i32.shl
    local.get 5
    i32.or
    local.set 8
    local.get 8
    local.get 9
    i32.mul
    i32.const 65535
    i32.and
    local.set 10
    local.get $rst
    i32.load16_u offset=197377 align=1
    local.set 11
    local.get $fuel
    local.get 11
    i32.add
    i32.const -280
    i32.add
    local.set $fuel
    local.get $wst
    local.get 10
    i32.store16 offset=197121 align=1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 2
    i32.add
    local.get 11
    i32.const 16
    i32.shl
    i32.add
    i64.extend_i32_u
    i64.or
    return
  else
    local.get $rst
    i32.load16_u offset=197377 align=1
    local.set 11
    local.get $fuel
    local.get 11
    i32.add
    i32.const -270
    i32.add
    local.set $fuel
    local.get $wst
    i32.const 1
    i32.store16 offset=197121 align=1
    local.get $wst
    local.get 7
    i32.store8 offset=197120
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 2
    i32.add
    local.get 11
    i32.const 16
    i32.shl
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  unreachable
)
